//! To be added to `it/failed_graph.rs`.

#[tokio::test(start_paused = true)]
async fn starts_that_are_joined_end_at_the_first_failure_too() {
    let world = failing(Fault::Error);
    let error = aobject::try_join((left(&world), right(&world)))
        .await
        .unwrap_err();
    assert_eq!(error.path(), "Chain.second");
    assert_eq!(world.elapsed(), millis(700));
    check(&world);
    let world = failing(Fault::Error);
    let starts = [right(&world), left(&world)];
    let error = aobject::try_join_all(starts).await.unwrap_err();
    assert_eq!(error.path(), "Chain[1].second");
    check(&world);
}

/// Joined in a field, beside another field.
#[tokio::test(start_paused = true)]
async fn a_failure_of_joined_starts_in_a_field_is_known_to_its_siblings() {
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = aobject::try_join_all([left(world)]).await?)]
        _shards: Vec<Live<Chain>>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    let world = failing(Fault::Error);
    let error = App::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "App._shards[0].second");
    check(&world);
}
