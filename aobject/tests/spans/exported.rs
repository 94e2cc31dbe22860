//! Spans as an OpenTelemetry exporter receives them.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::PoisonError;

use aobject::{BoxNew, drain, try_join_all};
use expect_test::{Expect, expect};
use opentelemetry::trace::{SpanId, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::Subscriber;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

use super::*;

fn check(expected: &Expect, story: impl Future<Output = ()>) {
    let exporter = InMemorySpanExporter::default();
    let (_provider, subscriber) = subscriber(&exporter);
    run_with(subscriber, story);
    expected.assert_eq(&tree(&exporter.get_finished_spans().unwrap()));
}

/// The provider exports until it is dropped.
fn subscriber(
    exporter: &InMemorySpanExporter,
) -> (SdkTracerProvider, impl Subscriber + Send + Sync + 'static) {
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("tests"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false);
    (provider, registry().with(layer))
}

/// The spans in the order of their starts, each below its parent.
fn tree(spans: &[SpanData]) -> String {
    let mut parts = HashMap::<SpanId, Vec<&SpanData>>::new();
    let mut in_order: Vec<_> = spans.iter().collect();
    in_order.sort_by_key(|span| span.start_time);
    for span in in_order {
        parts.entry(span.parent_span_id).or_default().push(span);
    }
    let mut text = String::new();
    write(&mut text, spans, &parts, SpanId::INVALID, 0);
    assert_eq!(
        text.lines().count(),
        spans.len(),
        "the parent of every span was exported"
    );
    text
}

fn write(
    text: &mut String,
    spans: &[SpanData],
    parts: &HashMap<SpanId, Vec<&SpanData>>,
    of: SpanId,
    depth: usize,
) {
    for span in parts.get(&of).into_iter().flatten() {
        let path = value(span, "object.path");
        let outcome = value(span, "outcome");
        write!(text, "{:1$}{2} {path}", "", depth * 2, span.name).unwrap();
        if !path.ends_with(&value(span, "object.name")) {
            write!(text, " ({})", value(span, "object.name")).unwrap();
        }
        write!(text, ": {outcome}").unwrap();
        for link in &span.links.links {
            let followed =
                |other: &&SpanData| other.span_context.span_id() == link.span_context.span_id();
            let followed = spans.iter().find(followed).unwrap();
            write!(text, ", after {}", value(followed, "object.path")).unwrap();
        }
        text.push('\n');
        write(text, spans, parts, span.span_context.span_id(), depth + 1);
    }
}

fn value(span: &SpanData, key: &str) -> String {
    let attribute = span
        .attributes
        .iter()
        .find(|attribute| attribute.key.as_str() == key);
    attribute
        .map(|attribute| attribute.value.to_string())
        .unwrap_or_default()
}

#[test]
fn a_span_is_below_its_holder_and_follows_the_spans_that_it_waited_for() {
    check(
        &expect![[r#"
            init Store: ready
              init Store.disk: ready
                init Store.disk (Disk): ready
                  init Store.disk.platter: ready
              init Store.schema: ready, after Store.disk
            close Store: closed
              close Store.disk: closed
                close Store.disk (Disk): closed
                  close Store.disk.platter: closed
        "#]],
        async {
            Store::new().await.unwrap().close().await.unwrap();
        },
    );
}

#[test]
fn a_close_follows_the_closes_of_its_users() {
    #[derive(AObject)]
    struct House {
        #[aobject(init = (), close = { let () = cellar; millis(1).await; })]
        cellar: (),
        #[aobject(init = (), close = { let () = attic; millis(1).await; }, after(cellar))]
        attic: (),
    }
    check(
        &expect![[r#"
            init House: ready
              init House.cellar: ready
              init House.attic: ready, after House.cellar
            close House: closed
              close House.attic: closed
              close House.cellar: closed, after House.attic
        "#]],
        async {
            House::new().await.unwrap().close().await.unwrap();
        },
    );
}

#[test]
fn members_of_a_collection_are_below_their_field() {
    #[derive(AObject)]
    struct Raid {
        #[aobject(init = try_join_all([2, 1].map(Disk::new)).await?)]
        disks: Vec<Live<Disk>>,
    }
    check(
        &expect![[r#"
            init Raid: ready
              init Raid.disks: ready
                init Raid.disks[0] (Disk): ready
                  init Raid.disks[0].platter: ready
                init Raid.disks[1] (Disk): ready
                  init Raid.disks[1].platter: ready
            close Raid: closed
              close Raid.disks: closed
                close Raid.disks[0] (Disk): closed
                  close Raid.disks[0].platter: closed
                close Raid.disks[1] (Disk): closed
                  close Raid.disks[1].platter: closed
        "#]],
        async {
            Raid::new().await.unwrap().close().await.unwrap();
        },
    );
}

#[test]
fn a_spawned_start_is_below_the_span_in_which_it_was_boxed() {
    #[derive(AObject)]
    struct Pool {
        #[aobject(init = spawned(Disk::new(1).boxed()).await?)]
        disk: Live<Disk>,
    }
    async fn spawned(start: BoxNew<Disk>) -> Result<Live<Disk>, BoxError> {
        Ok(tokio::spawn(start).await??)
    }
    check(
        &expect![[r#"
            init Pool: ready
              init Pool.disk: ready
                init Pool.disk (Disk): ready
                  init Pool.disk.platter: ready
            close Pool: closed
              close Pool.disk: closed
                close Pool.disk (Disk): closed
                  close Pool.disk.platter: closed
        "#]],
        async {
            Pool::new().await.unwrap().close().await.unwrap();
        },
    );
}

#[test]
fn a_background_close_is_below_the_span_in_which_the_object_was_dropped() {
    check(
        &expect![[r#"
            init Disk: ready
              init Disk.platter: ready
            request a request: 
              close Disk: closed
                close Disk.platter: closed
        "#]],
        async {
            let disk = Disk::new(1).await.unwrap();
            let request = tracing::info_span!("request", object.path = "a request");
            request.in_scope(|| drop(disk));
            drain(Duration::from_secs(1)).await;
        },
    );
}

#[test]
fn a_rollback_is_a_part_of_the_failed_init() {
    #[derive(AObject)]
    struct Half {
        #[aobject(init = Disk::new(1).await?)]
        made: Live<Disk>,
        #[aobject(init = Disk::new(99).await?, after(made))]
        full: Live<Disk>,
    }
    check(
        &expect![[r#"
            init Half: failed
              init Half.made: ready
                init Half.made (Disk): ready
                  init Half.made.platter: ready
              init Half.full: failed, after Half.made
                init Half.full (Disk): failed
                  init Half.full.platter: failed
              close Half.made: closed
                close Half.made (Disk): closed
                  close Half.made.platter: closed
        "#]],
        async {
            assert!(Half::new().await.is_err());
        },
    );
}

#[test]
fn a_cancelled_init_is_rolled_back_in_its_span() {
    #[derive(AObject)]
    struct Short {
        #[aobject(init = Disk::new(1).await?)]
        made: Live<Disk>,
        #[aobject(init = Disk::new(50).await?, after(made))]
        slow: Live<Disk>,
    }
    check(
        &expect![[r#"
            init Short: cancelled
              init Short.made: ready
                init Short.made (Disk): ready
                  init Short.made.platter: ready
              init Short.slow: cancelled, after Short.made
                init Short.slow (Disk): cancelled
                  init Short.slow.platter: cancelled
              close Short.made: closed
                close Short.made (Disk): closed
                  close Short.made.platter: closed
        "#]],
        async {
            let start = tokio::time::timeout(Duration::from_millis(5), Short::new());
            assert!(start.await.is_err());
            drain(Duration::from_secs(1)).await;
        },
    );
}

#[test]
fn a_runner_records_spans_of_its_own_program() {
    let exporter = InMemorySpanExporter::default();
    let (_provider, subscriber) = subscriber(&exporter);
    let _alone = SPANS.lock().unwrap_or_else(PoisonError::into_inner);
    let life = async || Disk::new(1).await?.close().await;
    tracing::subscriber::with_default(subscriber, || {
        for on in [true, false] {
            let runner = aobject::Runner::new().signals(false).current_thread();
            runner.spans(on).run(life()).unwrap().unwrap();
        }
    });
    expect![[r#"
        init Disk: ready
          init Disk.platter: ready
        close Disk: closed
          close Disk.platter: closed
    "#]]
    .assert_eq(&tree(&exporter.get_finished_spans().unwrap()));
}

#[test]
fn a_start_is_a_part_of_the_span_around_it() {
    check(
        &expect![[r#"
            request a request: 
              init Disk: ready
                init Disk.platter: ready
              close Disk: closed
                close Disk.platter: closed
        "#]],
        async {
            use tracing::Instrument;
            let request = tracing::info_span!("request", object.path = "a request");
            async {
                Disk::new(1).await.unwrap().close().await.unwrap();
            }
            .instrument(request)
            .await;
        },
    );
}
