use super::*;

fn read(text: &[u8]) -> Vec<Raw> {
    let mut parser = Parser::default();
    parser.push(text).unwrap();
    std::iter::from_fn(|| parser.pop()).collect()
}

fn raw(name: &str, data: &str) -> Raw {
    Raw {
        name: name.to_owned(),
        data: data.to_owned(),
    }
}

#[test]
fn every_kind_of_line_end_is_accepted() {
    for end in ["\n", "\r", "\r\n"] {
        let text = [
            "event: a", "data: 1", "", ": alive", "event:b", "data:2", "data: 3", "", "",
        ]
        .join(end);
        assert_eq!(read(text.as_bytes()), [raw("a", "1"), raw("b", "2\n3")]);
    }
}

#[test]
fn events_are_parsed_across_any_chunk_boundary() {
    let text = "event: naïve\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n".as_bytes();
    for cut in 0..=text.len() {
        let mut parser = Parser::default();
        parser.push(&text[..cut]).unwrap();
        parser.push(&text[cut..]).unwrap();
        let events: Vec<_> = std::iter::from_fn(|| parser.pop()).collect();
        assert_eq!(events, [raw("naïve", "1"), raw("", "2")], "cut at {cut}");
    }
}

#[test]
fn an_event_without_data_or_without_an_end_is_skipped() {
    assert_eq!(read(b"event: a\n\n"), []);
    assert_eq!(read(b"event: a\ndata: 1\n"), []);
    assert_eq!(read(b"data\n\n"), [raw("", "")]);
}

#[test]
fn invalid_utf8_is_replaced() {
    assert_eq!(
        read(b"event: a\ndata: \xff\xfe!\n\n"),
        [raw("a", "\u{fffd}\u{fffd}!")]
    );
}

#[test]
fn the_reconnection_time_is_the_last_valid_number() {
    let mut parser = Parser::default();
    assert_eq!(parser.retry(), None);
    parser.push(b"retry: 5\nretry: soon\n").unwrap();
    assert_eq!(parser.retry(), Some(5));
}

#[test]
fn an_event_may_reach_the_limit() {
    let long = "x".repeat(LIMIT - "data:".len());
    assert_eq!(
        read(format!("data:{long}\n\n").as_bytes()),
        [raw("", &long)]
    );
    let mut parser = Parser::default();
    assert_eq!(
        parser.push(format!("data:{long}x").as_bytes()),
        Err(TooLong)
    );
    let mut parser = Parser::default();
    assert_eq!(
        parser.push("data: x\n".repeat(LIMIT).as_bytes()),
        Err(TooLong)
    );
}
