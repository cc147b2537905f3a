//! Archives that end too early, too late or twice.

use crate::hostile::{Row, row};
use crate::raw_tar::{MANIFEST, file, open, tar};

pub(crate) fn rows() -> Vec<Row> {
    let zeros = |blocks: usize| vec![0; 512 * blocks];
    let long = open(&[file("x", &[1; 2000])]);
    vec![
        row("no end", open(&[]), "ends without its two blocks of zeros"),
        row("half an end", open(&[zeros(1)]), "ends after one block of zeros"),
        row("an end cut off", open(&[vec![0; 700]]), "ends within a block"),
        row("cut within a header", open(&[file("x", b"")[..300].to_vec()]), "ends within a block"),
        row("cut within content", long[..long.len() - 600].to_vec(), "ends within an entry"),
        row("cut within padding", long[..long.len() - 30].to_vec(), "ends within an entry"),
        row("a block of zeros between", tar(&[zeros(1), file("x", b"")]), "one block of zeros between"),
        row("an entry behind the end", open(&[zeros(2), file("x", b""), zeros(2)]), "data behind the end"),
        row(
            "another manifest behind the end",
            open(&[zeros(2), file("segment.json", MANIFEST), zeros(2)]),
            "data behind the end",
        ),
        row("a byte far behind the end", open(&[zeros(400), vec![1]]), "data behind the end"),
        row("more zeros are good", open(&[zeros(20)]), "taken: 1 entries"),
        row("bytes before", [vec![7; 512], tar(&[])].concat(), "this is no archive"),
        row("zeros before", [zeros(1), tar(&[])].concat(), "this is no archive"),
        row("nothing but an end", zeros(20), "this is no archive"),
        row("a mark and nothing else", tar(&[])[..300].to_vec(), "ends within a block"),
    ]
}
