//! What the reader of seat files takes and refuses.

use super::*;

fn csv(text: &str) -> Result<Vec<SeatInput>, Fault> {
    from_csv(text).and_then(distinct)
}

fn toml(text: &str) -> Result<Vec<SeatInput>, Fault> {
    from_toml(text).and_then(distinct)
}

#[test]
fn csv_with_everything() {
    let seats =
        csv("id,ip,group,tags,note\nseat-1, 10.20.0.1 ,bridge,radar;left,\"a, b\"\n\nseat-2,fd00::1\n")
            .unwrap();
    assert_eq!(seats.len(), 2);
    assert_eq!(seats[0].tags, ["radar", "left"]);
    assert_eq!(seats[0].note, "a, b");
    assert_eq!(seats[1].group, "");
}

#[test]
fn columns_may_stand_in_any_order() {
    assert_eq!(csv("IP,ID\r\n10.0.0.1,席位-1\r\n").unwrap()[0].id.as_str(), "席位-1");
}

#[test]
fn a_bad_line_is_named() {
    let fault = |text: &str| csv(text).unwrap_err();
    assert_eq!(fault("id,ip\na,10.0.0.1\nb,10.0.0.999\n").line, 3);
    assert_eq!(fault("id,ip\n\n\nb c,10.0.0.1\n").line, 4);
    assert_eq!(fault("id,ip\na,10.0.0.1,x\n").line, 2);
    assert_eq!(fault("id,ip\n# no seat\na,10.0.0.1\n\"x\ny\",1\n").line, 4);
    assert!(fault("seat-1,10.0.0.1\n").reason.contains("head"));
    assert!(fault("id,group\n").reason.contains("ip"));
    assert!(fault("").reason.contains("head"));
}

#[test]
fn duplicates_are_named_with_both_lines() {
    let fault = csv("id,ip\na,10.0.0.1\nb,10.0.0.2\na,10.0.0.3\n").unwrap_err();
    assert_eq!(fault.line, 4);
    assert!(fault.reason.contains("line 2"), "{}", fault.reason);
    let fault = csv("id,ip\na,10.0.0.1\nb,10.0.0.1\n").unwrap_err();
    assert!(fault.line == 3 && fault.reason.contains("10.0.0.1") && fault.reason.contains("line 2"));
}

#[test]
fn toml_and_its_faults() {
    let seats = toml("[[seats]]\nid = \"a\"\nip = \"10.0.0.1\"\ntags = [\"x\"]\n").unwrap();
    assert_eq!(seats[0].tags, ["x"]);
    let fault = |text: &str| toml(text).unwrap_err();
    assert_eq!(fault("[[seats]]\nid = \"a\"\nip = \"nowhere\"\n").line, 3);
    assert_eq!(fault("[[seats]]\nid = \"a\"\nip = \"10.0.0.1\"\nadress = 1\n").line, 4);
    assert_eq!(fault("[[seats]]\nid = \"a\"\nip = \n").line, 3);
    let twice = "[[seats]]\nid='a'\nip='10.0.0.1'\n\n[[seats]]\nid='a'\nip='10.0.0.2'\n";
    assert!(fault(twice).line == 5 && fault(twice).reason.contains("line 1"));
    assert!(fault("").reason.contains("no seat"));
}

#[test]
fn a_file_is_bounded_and_must_be_text() {
    let parsed = |name: &str, bytes: &[u8]| parse(Path::new(name), bytes).unwrap_err().to_string();
    assert!(parsed("seats.csv", b"id,ip\na,10.0.0.1\n\xff,10.0.0.2\n").contains("line 3"));
    assert!(parsed("seats.xls", b"").contains(".csv or .toml"));
    let large = vec![b'\n'; usize::try_from(MAX_FILE).unwrap() + 1];
    assert!(parsed("large.csv", &large).contains("larger"));
}
