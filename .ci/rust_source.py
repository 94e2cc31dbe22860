"""Reads Rust source for `graph` and `measure`: without comments and test code, and with the imports of each file.

This is not a parser. It knows only the grammar of `cfg`, `mod`, `use` and paths.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

# False in production. A `mod` behind one of them is a test module.
TEST_FLAGS = {"test", "aobject_loom"}

COMMENT_OR_LITERAL = re.compile(
    r"""(?P<comment>//[^\n]*|/\*)
      | \b(?:br|cr|r)(?P<hashes>\#*)"(?s:.*?)"(?P=hashes)
      | \b[bc]?"(?:\\(?s:.)|[^"\\])*" | "(?:\\(?s:.)|[^"\\])*"
      | \bb?'(?:\\.[^']*|[^'\\\n])' | '(?:\\.[^']*|[^'\\\n])'""",
    re.VERBOSE,
)
TOKEN = re.compile(r"(?:r#)?[A-Za-z_]\w*|::|'\w+|\d\w*|\S")
DEFINED = re.compile(
    r"\b(?:fn|struct|enum|union|trait|type|const|static|mod|macro_rules\s*!)\s+(?:mut\s+)?(\w+)"
)


def blank(text):
    """Replaces comments by spaces and the content of literals by zeros. Also returns the positions of plain comments."""
    parts, comments, at = [], [], 0
    while found := COMMENT_OR_LITERAL.search(text, at):
        start, end = found.span()
        if found["comment"]:
            if found["comment"] == "/*":
                end = end_of_block_comment(text, start)
            if not re.match(r"//[/!]|/\*[*!]", text[start:end]):
                comments.append((start, end))
        filler = " " if found["comment"] else "0"
        parts += [text[at:start], re.sub(r"[^\n]", filler, text[start:end])]
        at = end
    return "".join(parts) + text[at:], comments


def end_of_block_comment(text, start):
    depth = 0
    for mark in re.finditer(r"/\*|\*/", text[start:]):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return start + mark.end()
    return len(text)


def test_only(predicate):
    """Whether a `cfg` predicate is false whenever the test flags are false."""
    words = re.findall(r'\w+|[(),=]', predicate)
    return truth(words) is False


def truth(words):
    """The value of the predicate if the test flags are false, or `None` if other flags decide. Consumes its words."""
    word = words.pop(0)
    if words[:1] == ["="]:
        del words[:2]
        return None
    if words[:1] != ["("]:
        return False if word in TEST_FLAGS else None
    words.pop(0)
    values = []
    while words[0] != ")":
        values.append(truth(words))
        if words[0] == ",":
            words.pop(0)
    words.pop(0)
    if word == "not":
        return None if values[0] is None else not values[0]
    decisive = word == "any"
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def closing(code, start):
    """The position of the bracket that closes the one at `start`."""
    opened = code[start]
    closed = {"(": ")", "[": "]", "{": "}"}[opened]
    depth = 0
    for at in range(start, len(code)):
        depth += (code[at] == opened) - (code[at] == closed)
        if depth == 0:
            return at
    return len(code) - 1


def end_of_item(code, at):
    """The end of the item, statement, field or arm that begins here, including its attributes."""
    while at < len(code) and code[at] not in "};,":
        if code[at] in "([{":
            block = code[at] == "{"
            at = closing(code, at)
            if block:
                return at + 1
        at += 1
    return at if code[at : at + 1] == "}" else at + 1


def without_tests(code):
    """Replaces test-only code by spaces. Also returns the modules that it declares, and its positions."""
    modules, places, at = set(), [], 0
    while found := re.compile(r"#\s*\[\s*cfg\s*\(").search(code, at):
        end_of_predicate = closing(code, found.end() - 1)
        at = found.end()
        if not test_only(code[found.end() : end_of_predicate]):
            continue
        start, end = found.start(), end_of_item(code, end_of_predicate + 2)
        item = code[start:end]
        modules |= set(re.findall(r"\bmod\s+(\w+)\s*;", item))
        places.append((start, end))
        code = code[:start] + re.sub(r"[^\n]", " ", item) + code[end:]
    return code, modules, places


@dataclass
class Source:
    """The production code of one file."""

    name: str
    text: str
    code: str
    # The number of lines with a plain comment.
    comments: int
    test_modules: set
    # The segments of the module's path. The root of a crate has none.
    module: tuple
    # The names that top-level `use`s import, each with its path, or `None` if the name comes from another crate.
    names: dict = field(default_factory=dict)
    globs: list = field(default_factory=list)
    # Paths into this crate, from its root: the segments, the line, and whether the path begins with an imported name.
    paths: list = field(default_factory=list)

    def __post_init__(self):
        self.defined = set(DEFINED.findall(self.code))
        self.lines = sum(1 for line in self.code.splitlines() if line.strip())

    @property
    def is_root(self):
        return not self.module


@dataclass(frozen=True)
class Import:
    """An edge of the graph."""

    source: str
    line: int
    target: str
    path: str
    # The file whose re-export the import goes through.
    through: str | None


class Crate:
    """The files of a folder, without test files."""

    def __init__(self, folder):
        self.folder = Path(folder)
        names = sorted(path.relative_to(folder).as_posix() for path in self.folder.rglob("*.rs"))
        files = [self.read(name) for name in names]
        tests = {file.module + (module,) for file in files for module in file.test_modules}
        self.files = [file for file in files if not is_below(file.module, tests)]
        self.by_name = {file.name: file for file in self.files}
        self.modules = {}
        for file in sorted(self.files, key=lambda file: file.name not in ("lib.rs", "main.rs")):
            # Of two roots, other files can import only the library's.
            self.modules.setdefault(file.module, file)
        # Includes folders whose module is declared inline.
        self.known = {module[:depth] for module in self.modules for depth in range(len(module) + 1)}
        for file in self.files:
            Reader(self, file).run()
        self.imports = sorted(
            {one for file in self.files for one in self.imports_of(file)},
            key=lambda one: (one.source, one.line, one.target),
        )

    def read(self, name):
        text = (self.folder / name).read_text()
        code, comments = blank(text)
        code, test_modules, tests = without_tests(code)
        comments = [
            text.count("\n", start, end) + 1
            for start, end in comments
            if not any(first <= start < last for first, last in tests)
        ]
        return Source(name, text, code, sum(comments), test_modules, module_of(name))

    def imports_of(self, file):
        for segments, line, is_local in file.paths:
            *through, target = self.behind(segments) or [file]
            if target is not file and file not in through:
                passed = through[-1].name if through and not is_local else None
                yield Import(file.name, line, target.name, "::".join(segments), passed)

    def behind(self, segments, depth=0):
        """The files that a path leads through: first the files that re-export the item, then the file that defines it."""
        module, rest = (), tuple(segments)
        while rest and module + rest[:1] in self.known:
            module, rest = module + rest[:1], rest[1:]
        file = self.modules.get(module)
        if file is None or depth > 8:
            return []
        if rest and rest[0] not in file.defined:
            if target := file.names.get(rest[0]):
                return [file, *self.behind(target + rest[1:], depth + 1)]
            for target in file.globs:
                found = self.behind(target + rest, depth + 1)
                if found and rest[0] in found[-1].defined:
                    return [file, *found]
        return [file]

    def graph(self):
        """The files that each file imports."""
        graph = {file.name: set() for file in self.files}
        for one in self.imports:
            graph[one.source].add(one.target)
        return graph


def module_of(name):
    parts = name.removesuffix(".rs").split("/")
    if parts[-1] == "mod":
        parts.pop()
    is_root = parts in (["lib"], ["main"]) or parts[0] == "bin"
    return () if is_root else tuple(parts)


def is_below(module, others):
    return any(module[: len(other)] == other for other in others)


class Reader:
    """Collects the paths of one file, token by token."""

    def __init__(self, crate, file):
        self.crate, self.file = crate, file
        found = list(TOKEN.finditer(file.code))
        self.tokens = [token.group() for token in found]
        self.places = [token.start() for token in found]
        self.at = 0
        # For each open brace, the inline module that the brace opened, or `None`.
        self.open = []

    def run(self):
        uses, others = [], []
        while self.at < len(self.tokens):
            token, line = self.tokens[self.at], self.line()
            if token == "mod" and self.peek(2) == "{":
                self.open.append(self.peek(1))
                self.at += 3
            elif token in "{}":
                self.open.append(None) if token == "{" else self.open and self.open.pop()
                self.at += 1
            elif token == "use" and self.peek(1) != "<":
                base = self.base()
                top = not self.open
                self.at += 1
                uses += [(base, path, name, line, top) for path, name in self.tree([])]
            elif token[0].isalpha() or token[0] == "_":
                path = self.path()
                if len(path) > 1:
                    others.append((self.base(), path, line))
            elif token == "(" and self.tokens[self.at - 1 : self.at + 2] == ["pub", "(", "in"]:
                # A visibility is not an import.
                self.at += self.tokens[self.at :].index(")")
            else:
                self.at += 1
        self.keep(uses, others)

    def keep(self, uses, others):
        local = {}
        for base, path, name, line, top in uses:
            target = self.absolute(base, path)
            if target is not None:
                self.file.paths.append((target, line, False))
            if name == "*":
                self.file.globs += [target] if target and top else []
                continue
            local[name] = target
            # A derive macro of another crate may have the same name as a trait of this crate.
            if top and (target or name not in self.file.names):
                self.file.names[name] = target
        for base, path, line in others:
            target, is_local = self.absolute(base, path), False
            if target is None and local.get(path[0]):
                target, is_local = local[path[0]] + tuple(path[1:]), True
            if target is not None:
                self.file.paths.append((target, line, is_local))

    def absolute(self, base, path):
        """The path from the crate's root, or `None` if it does not begin with a module of this crate."""
        path = tuple(path)
        if path[0] == "crate":
            return path[1:]
        if path[0] in ("self", "super"):
            while path and path[0] in ("self", "super"):
                base = base[:-1] if path[0] == "super" else base
                path = path[1:]
            return base + path
        return base + path if base + path[:1] in self.crate.known else None

    def base(self):
        return self.file.module + tuple(name for name in self.open if name)

    def line(self):
        return self.file.code.count("\n", 0, self.places[self.at]) + 1

    def peek(self, distance):
        at = self.at + distance
        return self.tokens[at] if at < len(self.tokens) else ""

    def path(self):
        """The identifiers, joined by `::`, that begin here."""
        path = [self.tokens[self.at]]
        before = self.tokens[self.at - 1] if self.at else ""
        self.at += 1
        while self.peek(0) == "::" and re.match(r"(r#)?[A-Za-z_]", self.peek(1)):
            path.append(self.peek(1))
            self.at += 2
        return path if before not in ("::", ".") else path[:1]

    def tree(self, prefix):
        """The paths of a `use`, each with the name that it imports. Ends at the `;`, `,` or `}` after the `use`."""
        found, path = [], list(prefix)
        while (token := self.peek(0)) not in (";", ",", "}", ""):
            self.at += 1
            if token == "{":
                while self.peek(0) != "}":
                    found += self.tree(path)
                    self.at += self.peek(0) == ","
                self.at += 1
                return found
            if token == "as":
                found = [(path, self.peek(0))]
                self.at += 1
            elif token == "*":
                return [(path, "*")]
            elif token != "::":
                path.append(token)
        if path[-1] == "self" and len(path) > 1:
            path.pop()
        return found or [(path, path[-1])]


def cycles(graph):
    """The strongly connected components with more than one node, largest first (Tarjan)."""
    order, low, stack, on_stack, found = {}, {}, [], set(), []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        on_stack.add(node)
        for target in sorted(graph[node]):
            if target not in order:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in on_stack:
                low[node] = min(low[node], order[target])
        if low[node] == order[node]:
            part = []
            while not part or part[-1] != node:
                part.append(stack.pop())
                on_stack.discard(part[-1])
            if len(part) > 1:
                found.append(sorted(part))

    for node in graph:
        if node not in order:
            visit(node)
    return sorted(found, key=lambda part: (-len(part), part))
