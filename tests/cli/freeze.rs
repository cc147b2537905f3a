//! A freeze is told by whatever it holds up.

use crate::house::House;

#[test]
fn a_freeze_is_seen_from_everywhere() {
    let house = House::new();
    let told = house.run(&["freeze"]).exits(0);
    assert!(
        told.out.starts_with("not frozen") && told.out.contains("segdeck freeze --reason"),
        "{}",
        told.out
    );
    let json = |arguments: &[&str]| house.run(&[arguments, &["-o", "json"]].concat()).exits(0).json();
    assert_eq!(json(&["freeze"]), serde_json::json!({ "frozen": false }));
    assert_eq!(house.run(&["installs", "list"]).exits(0).err, "");

    let frozen = json(&["freeze", "--reason", "release night"]);
    assert_eq!((&frozen["frozen"], &frozen["reason"]), (&true.into(), &"release night".into()));
    assert!(frozen["by"].is_string() && frozen["since"].is_string(), "{frozen}");
    assert_eq!(json(&["freeze"]), frozen);
    let says = ": release night; nothing is sent until `segdeck unfreeze`";
    for (arguments, exit) in
        [(&["freeze"][..], 0), (&["installs", "list"], 0), (&["controller", "status"], 5), (&["doctor"], 0)]
    {
        let run = house.run(arguments);
        let told = format!("{}{}", run.out, run.err);
        assert!(told.contains("frozen by ") && told.contains(says), "{arguments:?}: {told}");
        assert!(run.code == exit || arguments == ["doctor"], "{arguments:?}: {}", run.code);
    }
    let note = house.run(&["installs", "list", "-o", "json"]).exits(0);
    assert!(note.err.starts_with("{\"note\":\"frozen by "), "{}", note.err);
    assert_eq!(note.json()["total"], 0);

    assert_eq!(json(&["unfreeze"]), serde_json::json!({ "frozen": false }));
    assert_eq!(house.run(&["installs", "list"]).exits(0).err, "");
    house.run(&["unfreeze", "-o", "json"]).refuses(4, "notFound", &["no freeze"]);
}
