use super::*;

fn version(major: u32, date: u32) -> ApiVersion {
    ApiVersion { major, date }
}

#[test]
fn a_version_is_a_major_and_a_date() {
    assert_eq!("v9.20250722".parse(), Ok(ApiVersion::OURS));
    assert_eq!("v10.20260101".parse(), Ok(version(10, 20_260_101)));
    assert_eq!("v0.00000001".parse(), Ok(version(0, 1)));
}

#[test]
fn a_version_is_formatted_as_it_was_parsed() {
    for text in ["v9.20250722", "v10.20260101", "v0.00000001"] {
        assert_eq!(text.parse::<ApiVersion>().unwrap().to_string(), text);
    }
}

#[test]
fn anything_else_is_refused_and_quoted() {
    let nonsense = [
        "",
        "v",
        "v.",
        "9.20250722",
        "V9.20250722",
        "v9",
        "v9.",
        "v.20250722",
        "v9.2025072",
        "v9.202507222",
        "v+9.20250722",
        "v-9.20250722",
        "v9.+2025072",
        "v9.2025-7-2",
        "v9.20250722.1",
        " v9.20250722",
        "v9.20250722\n",
        "v９.20250722",
        "v99999999999.20250722",
    ];
    for text in nonsense {
        let error = text.parse::<ApiVersion>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{text:?} is not a version such as v9.20250722")
        );
    }
}

#[test]
fn the_order_compares_majors_before_dates() {
    assert!(version(8, 20_301_231) < version(9, 20_250_722));
    assert!(version(9, 20_250_721) < version(9, 20_250_722));
    assert_eq!(
        version(10, 20_200_101).min(ApiVersion::OURS),
        ApiVersion::OURS
    );
}

#[test]
fn majors_before_7_are_outdated() {
    assert!(version(6, 20_230_301).is_outdated());
    assert!(!version(7, 20_230_615).is_outdated());
}
