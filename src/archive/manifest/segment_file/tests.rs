//! `segment.toml` and `segment.json`, good ones and bad ones.

use super::super::super::Overrides;
use super::*;

fn parsed(file: &str, text: &[u8]) -> (Manifest, Value, Vec<Say>) {
    let (manifest, whole, remarks) = parse(file, text).unwrap();
    (manifest, whole, remarks.finish())
}

fn complaint(file: &str, text: impl AsRef<[u8]>) -> String {
    parse(file, text.as_ref()).unwrap_err().to_string()
}

#[test]
fn both_forms_say_the_same() {
    let toml = r#"
        prefix = "nav-core"
        version = "2.1.0"
        type = "application"
        archs = ["x86_64"]
        requires = ["geo-base >=1.4"]
        built = 2026-11-22
        [scripts]
        install = "bin/install.sh"
    "#;
    let json = r#"{"prefix":"nav-core","version":"2.1.0","type":"application","archs":["x86_64"],
        "requires":["geo-base >=1.4"],"built":"2026-11-22","scripts":{"install":"bin/install.sh"}}"#;
    let (from_toml, toml_whole, said) = parsed("segment.toml", toml.as_bytes());
    let (from_json, json_whole, _) = parsed("segment.json", format!("\u{feff}{json}").as_bytes());
    assert_eq!(from_toml, Manifest { file: "segment.toml".to_owned(), ..from_json });
    assert_eq!(toml_whole, json_whole);
    assert_eq!(toml_whole["scripts"]["install"], "bin/install.sh");
    assert_eq!(from_toml.requires[0].raw(), "geo-base >=1.4");
    assert_eq!(said, ["segment.toml: the field built is not known"]);
}

#[test]
fn text_may_be_in_gb18030_or_begin_with_a_mark() {
    // `name = "导航"`, `vendor = "研制单位"`
    let old = b"name = \"\xb5\xbc\xba\xbd\"\nvendor = \"\xd1\xd0\xd6\xc6\xb5\xa5\xce\xbb\"\n";
    let (manifest, whole, _) = parsed("segment.toml", old);
    assert_eq!(manifest.name.unwrap().raw(), "导航");
    assert_eq!((manifest.vendor.raw(), &whole["vendor"]), ("研制单位", &"研制单位".into()));
    let (manifest, ..) = parsed("segment.json", b"{\"name\":\"\xb5\xbc\xba\xbd\"}");
    assert_eq!(manifest.name.unwrap().raw(), "导航");
    let (manifest, ..) = parsed("segment.toml", "\u{feff}name = \"导航\"".as_bytes());
    assert_eq!(manifest.name.unwrap().raw(), "导航");
    assert_eq!(
        complaint("segment.toml", b"a = 1\nb = \"\xff\""),
        "segment.toml, line 2: it is written neither in UTF-8 nor in GB18030; save it as UTF-8"
    );
}

#[test]
fn a_name_that_is_none_is_placed_unless_a_flag_overrides_it() {
    let said = |file: &str, text: &str, overrides: &Overrides| {
        let (manifest, ..) = parsed(file, text.as_bytes());
        manifest.resolve(overrides).unwrap_err().to_string()
    };
    let (none, prefix) =
        (Overrides::default(), Overrides { prefix: Some("a".to_owned()), ..Overrides::default() });
    let toml = "name = \"x\"\nprefix = \"a b\"\nversion = \".1\"\n";
    assert_eq!(
        said("nav/segment.toml", toml, &none),
        "nav/segment.toml, line 2, field prefix (`prefix = \"a b\"`): the prefix may hold letters, digits and \
         . _ - + only, not ' '; --prefix overrides it"
    );
    assert_eq!(
        said("segment.toml", toml, &prefix),
        "segment.toml, line 3, field version (`version = \".1\"`): the version may not begin with a dot; \
         --version overrides it"
    );
    let json = "{\n  \"version\": \"1/2\",\n  \"prefix\": \"a@b\"\n}";
    assert!(
        said("segment.json", json, &none).starts_with("segment.json, line 3, field prefix (`\"prefix\": ")
    );
    assert!(said("segment.json", json, &prefix).starts_with("segment.json, line 2, field version ("));
    assert_eq!(
        said("segment.json", "{}", &none),
        "segment.json says no prefix; write it there, or give it with --prefix"
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_field() {
    assert_eq!(
        complaint("segment.toml", "prefix = \"a\"\nversion = 2.1\n"),
        "segment.toml, line 2, field version (`version = 2.1`): invalid type: floating point `2.1`, expected a string in quotes"
    );
    assert_eq!(
        complaint("segment.toml", "requires = [\n  \"a\",\n  [\"b\"],\n]\n"),
        "segment.toml, line 3, field requires[1] (`[\"b\"],`): invalid type: sequence, expected a string in quotes"
    );
    assert_eq!(
        complaint("segment.toml", "[scripts]\ninstall = 1\n"),
        "segment.toml, line 2, field scripts.install (`install = 1`): invalid type: integer `1`, expected a string in quotes"
    );
    assert!(
        complaint("x/segment.toml", "prefix = \"a\"\n\nversion\n")
            .starts_with("x/segment.toml, line 3 (`version`): ")
    );
    assert_eq!(
        complaint("segment.json", "{\n\"archs\": \"x86\"\n}"),
        "segment.json, line 2, field archs (`\"archs\": \"x86\"`): invalid type: string \"x86\", expected a list of strings in quotes"
    );
    assert_eq!(
        complaint("segment.json", "{\n\"requires\": [\"a\",\n7]}"),
        "segment.json, line 3, field requires[1] (`7]}`): invalid type: integer `7`, expected a string in quotes"
    );
    assert!(complaint("segment.json", "{\"scripts\":[]}").contains("field scripts"));
    assert!(complaint("segment.json", "{\n\n").starts_with("segment.json, line 3: EOF while parsing"));
    assert!(complaint("segment.json", "[]").contains("an object"));
    assert!(complaint("segment.json", "{} {}").contains("trailing characters"));
    let said = complaint("segment.toml", "a = \"\x1b[2J\u{202e}");
    assert!(!said.contains(['\x1b', '\u{202e}']), "{said:?}");
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    assert_eq!(
        complaint("segment.json", "{\"prefix\":\"a\",\n\"prefix\":\"b\"}"),
        "segment.json, line 2, field prefix (`\"prefix\":\"b\"}`): it is there twice"
    );
    assert!(
        complaint("segment.json", "{\"scripts\":{\"install\":\"a\",\"install\":\"b\"}}").contains("twice")
    );
    assert!(complaint("segment.json", "{\"x\":1,\"x\":2}").contains("field x"));
    assert!(complaint("segment.toml", "prefix = \"a\"\nprefix = \"b\"").contains("line 2"));
}

#[test]
fn what_json_calls_null_is_absent() {
    let (manifest, ..) = parsed("segment.json", br#"{"prefix":null,"vendor":null,"archs":null}"#);
    assert_eq!(manifest, Manifest { file: manifest.file.clone(), ..Manifest::default() });
}

#[test]
fn fields_that_are_not_known_are_kept_and_named() {
    let (_, whole, said) =
        parsed("a/segment.toml", b"vendr = \"x\"\n[scripts]\nunistall = \"y\"\nz = 1\n[colour]\nred = 1\n");
    assert_eq!((&whole["vendr"], &whole["colour"]["red"]), (&"x".into(), &1.into()));
    assert_eq!(
        said,
        [
            "a/segment.toml: the field vendr is not known; did you mean vendor?",
            "a/segment.toml: the field colour is not known",
            "a/segment.toml: the field scripts.unistall is not known; did you mean scripts.uninstall?",
            "a/segment.toml: the field scripts.z is not known",
        ]
    );
    let many: String = (0..1000).map(|at| format!("field{at} = 1\n")).collect();
    let (.., said) = parsed("segment.toml", many.as_bytes());
    assert_eq!((said.len(), said[32].to_string()), (33, "and 968 more of this kind".to_owned()));
}

#[test]
fn what_is_no_requirement_is_kept_and_named() {
    let (manifest, _, said) =
        parsed("segment.toml", b"requires = [\"a >=1\", \"b 2\"]\nconflicts = [\"c\", \"\\u001b\"]\n");
    assert_eq!((manifest.requires[1].raw(), manifest.conflicts.len()), ("b 2", 2));
    assert_eq!(said.len(), 2);
    assert_eq!(
        said[0],
        "segment.toml: requires[1] (`b 2`) has no effect: the prefix may hold letters, digits and . _ - + only, \
         not ' '; it is written PREFIX or PREFIX >=VERSION"
    );
    assert!(
        said[1].to_string().starts_with("segment.toml: conflicts[1] (`\u{fffd}`) has no effect"),
        "{said:?}"
    );
}

#[test]
fn texts_and_lists_are_bounded() {
    let long = "x".repeat(300);
    assert_eq!(
        complaint("segment.toml", format!("\nname = \"{long}\"")),
        format!(
            "segment.toml, line 2, field name (`name = \"{}…`): it is 300 bytes long; 256 are allowed",
            &long[..192]
        )
    );
    let said = complaint("segment.json", format!("{{\n\"type\":\"{long}\"}}"));
    assert!(said.starts_with("segment.json, line 2, field type ("), "{said}");
    let item = format!("\"{}\",\n", "y".repeat(50)).repeat(30);
    let said = complaint("segment.toml", format!("requires = [{item}]"));
    assert!(said.starts_with("segment.toml, line 21, field requires[20] (`\"yyyy"), "{said}");
    assert!(said.ends_with("archs, requires and conflicts together are longer than 1024 bytes"), "{said}");
    let large = format!("note = \"{}\"", "z".repeat(250 << 10));
    assert!(matches!(parse("segment.toml", large.as_bytes()), Err(ArchiveError::ManifestTooLarge { .. })));
}

#[test]
fn depth_and_number_cost_little() {
    for deep in [
        format!("a = {}1{}", "[".repeat(5000), "]".repeat(5000)),
        format!("a = {}1{}", "{a=".repeat(5000), "}".repeat(5000)),
    ] {
        assert!(parse("segment.toml", deep.as_bytes()).is_err());
    }
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
    assert!(parse("segment.json", deep.as_bytes()).is_err());
    // Neither the parser nor what drops the result may run out of stack, and no table is looked up in all others.
    for deep in [
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("[{}a]", "a.".repeat(100_000)),
        format!("[[{}a]]", "a.".repeat(100_000)),
        "[[a]]\n".repeat(100_000),
        (0..40_000).map(|at| format!("[a.b{at}]\n")).collect(),
    ] {
        let error = parse("segment.toml", deep.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("recursion limit") || error.contains("is larger than"), "{error}");
    }
}
