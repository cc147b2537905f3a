//! Bytes from the terminal into keys and pasted text.
//!
//! crossterm 0.29's own reader spins when the terminal vanishes and may leave the end of a long paste unread,
//! so the bytes are read and understood here; the keys are crossterm's types.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Longest pasted text that is taken, in bytes; half a list might name other seats.
const MAX_PASTE: usize = 1 << 20;

/// Longest answer of the terminal that is passed over; nobody asked for it.
const MAX_STRING: usize = 4096;

/// Longest escape sequence that is waited for.
const MAX_SEQUENCE: usize = 64;

/// What a terminal sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A key.
    Key(KeyEvent),
    /// Text pasted in one piece.
    Paste(String),
    /// More text than is taken.
    TooLong,
    /// The mouse, where it is switched on.
    Mouse(Mouse),
}

/// What the mouse does, and where: column and row of the screen, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub does: MouseDoes,
    /// Where.
    pub at: (u16, u16),
}

/// What the mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseDoes {
    /// Its left button goes down.
    Click,
    /// The wheel turns away from the hand.
    WheelUp,
    /// The wheel turns towards the hand.
    WheelDown,
}

/// Understands bytes as they come, also when a sequence comes in pieces.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Vec<u8>,
    paste: Option<Vec<u8>>,
    /// In the middle of an answer of the terminal, so many bytes of which have been passed over.
    string: Option<usize>,
}

const PASTE_END: &[u8] = b"\x1b[201~";

impl Decoder {
    /// Takes bytes in; what is complete comes out.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Typed> {
        let mut typed = Vec::new();
        self.pending.extend_from_slice(bytes);
        loop {
            if self.paste.is_some() {
                match self.paste_ended() {
                    Some(pasted) => typed.push(pasted),
                    None => return typed,
                }
            }
            if self.string.is_some() && !self.string_ended() {
                return typed;
            }
            match next(&self.pending) {
                Next::String(used) => {
                    self.pending.drain(..used);
                    self.string = Some(0);
                }
                Next::Key(key, used) => {
                    typed.push(Typed::Key(key));
                    self.pending.drain(..used);
                }
                Next::Mouse(mouse, used) => {
                    typed.push(Typed::Mouse(mouse));
                    self.pending.drain(..used);
                }
                Next::Ignore(used) => _ = self.pending.drain(..used),
                Next::Paste(used) => {
                    self.pending.drain(..used);
                    self.paste = Some(Vec::new());
                }
                Next::More => return typed,
            }
        }
    }

    /// Nothing more came for a while: a lone escape was the key.
    pub fn settle(&mut self) -> Vec<Typed> {
        if self.string.take().is_some() {
            // It broke off: what comes now are keys again.
            self.pending.clear();
            return Vec::new();
        }
        if let [0x1b, letter] = self.pending[..]
            && is_string(letter)
        {
            self.pending.clear();
            let modifiers =
                if letter.is_ascii_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            let code = KeyCode::Char(char::from(letter));
            return vec![Typed::Key(KeyEvent::new(code, modifiers | KeyModifiers::ALT))];
        }
        if self.paste.is_some() || self.pending.first() != Some(&0x1b) {
            return Vec::new();
        }
        self.pending.remove(0);
        let mut typed = vec![Typed::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE))];
        typed.extend(self.feed(&[]));
        typed
    }

    /// Waits for the rest of a reply of the terminal?
    pub fn is_in_reply(&self) -> bool {
        self.string.is_some()
    }

    /// Waits for the rest of a sequence?
    pub fn is_waiting(&self) -> bool {
        self.paste.is_none() && (self.string.is_some() || self.pending.first() == Some(&0x1b))
    }

    /// Passes over an answer of the terminal, up to its end; `false`: the end is yet to come. Late answers to what
    /// another program asked are no keys.
    fn string_ended(&mut self) -> bool {
        let passed = self.string.unwrap_or_default();
        let end = self.pending.iter().position(|byte| matches!(byte, 0x07 | 0x1b));
        let used = match end {
            Some(at) if self.pending[at] == 0x07 => at + 1,
            Some(at) => match self.pending.get(at + 1) {
                Some(b'\\') => at + 2,
                Some(_) => at,
                None => {
                    self.string = Some(passed + at);
                    self.pending.drain(..at);
                    return false;
                }
            },
            None if passed + self.pending.len() <= MAX_STRING => {
                self.string = Some(passed + self.pending.len());
                self.pending.clear();
                return false;
            }
            None => MAX_STRING.saturating_sub(passed),
        };
        self.pending.drain(..used);
        self.string = None;
        true
    }

    fn paste_ended(&mut self) -> Option<Typed> {
        let paste = self.paste.as_mut()?;
        let end = self.pending.windows(PASTE_END.len()).position(|window| window == PASTE_END);
        // The last bytes may be the beginning of the end.
        let take = end.unwrap_or_else(|| self.pending.len().saturating_sub(PASTE_END.len() - 1));
        // One byte more tells that it is too long.
        let room = (MAX_PASTE + 1).saturating_sub(paste.len());
        paste.extend_from_slice(&self.pending[..take.min(room)]);
        self.pending.drain(..take);
        end?;
        self.pending.drain(..PASTE_END.len());
        self.paste.take().map(|bytes| match bytes.len() {
            ..=MAX_PASTE => Typed::Paste(String::from_utf8_lossy(&bytes).into_owned()),
            _ => Typed::TooLong,
        })
    }
}

enum Next {
    Key(KeyEvent, usize),
    Ignore(usize),
    Paste(usize),
    /// The beginning of an answer of the terminal.
    String(usize),
    /// The mouse, from so many bytes.
    Mouse(Mouse, usize),
    More,
}

fn key(code: KeyCode, used: usize) -> Next {
    with(code, KeyModifiers::NONE, used)
}

fn with(code: KeyCode, modifiers: KeyModifiers, used: usize) -> Next {
    Next::Key(KeyEvent::new(code, modifiers), used)
}

fn next(bytes: &[u8]) -> Next {
    match bytes {
        [] => Next::More,
        [0x1b] => Next::More,
        [0x1b, b'[', ..] => csi(bytes),
        [0x1b, b'O'] => Next::More,
        [0x1b, b'O', last, ..] => match letter(*last) {
            Some(code) => key(code, 3),
            None => Next::Ignore(3),
        },
        [0x1b, letter] if is_string(*letter) => Next::More,
        [0x1b, letter, ..] if is_string(*letter) => Next::String(2),
        // Escape twice: the first one was the key.
        [0x1b, 0x1b, ..] => key(KeyCode::Esc, 1),
        [0x1b, rest @ ..] => match next(rest) {
            Next::Key(pressed, used) => with(pressed.code, pressed.modifiers | KeyModifiers::ALT, used + 1),
            Next::More => Next::More,
            Next::Ignore(used) | Next::Paste(used) | Next::Mouse(_, used) | Next::String(used) => {
                Next::Ignore(used + 1)
            }
        },
        [b'\r' | b'\n', ..] => key(KeyCode::Enter, 1),
        [b'\t', ..] => key(KeyCode::Tab, 1),
        [0x7f | 0x08, ..] => key(KeyCode::Backspace, 1),
        [0, ..] => with(KeyCode::Char(' '), KeyModifiers::CONTROL, 1),
        [control @ 1..=0x1a, ..] => with(KeyCode::Char((control + 0x60) as char), KeyModifiers::CONTROL, 1),
        [0x1c..=0x1f, ..] => Next::Ignore(1),
        _ => character(bytes),
    }
}

/// Does this byte behind an escape begin a text for the other side: OSC, DCS, SOS, PM, APC?
fn is_string(letter: u8) -> bool {
    matches!(letter, b']' | b'P' | b'X' | b'^' | b'_')
}

fn character(bytes: &[u8]) -> Next {
    let length = match bytes.first() {
        Some(0..=0x7f) => 1,
        Some(0xc0..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf7) => 4,
        _ => return Next::Ignore(1),
    };
    let Some(whole) = bytes.get(..length) else { return Next::More };
    match std::str::from_utf8(whole).ok().and_then(|text| text.chars().next()) {
        Some(letter) if letter.is_uppercase() => with(KeyCode::Char(letter), KeyModifiers::SHIFT, length),
        Some(letter) => key(KeyCode::Char(letter), length),
        None => Next::Ignore(1),
    }
}

/// `ESC [ parameters final`.
fn csi(bytes: &[u8]) -> Next {
    let Some(end) = bytes.iter().skip(2).position(|byte| (0x40..=0x7e).contains(byte)).map(|at| at + 2)
    else {
        return if bytes.len() > MAX_SEQUENCE { Next::Ignore(bytes.len()) } else { Next::More };
    };
    let used = end + 1;
    if bytes[2] == b'<' && bytes[end] == b'M' {
        return mouse(&bytes[3..end]).map_or(Next::Ignore(used), |mouse| Next::Mouse(mouse, used));
    }
    if !bytes[2].is_ascii_digit() && end > 2 && bytes[2] != b'[' {
        // A private sequence, e.g. of a mouse button that is let go: its last letter is no key.
        return Next::Ignore(used);
    }
    let parameters: Vec<u16> = String::from_utf8_lossy(&bytes[2..end])
        .split(';')
        .map(|number| number.parse().unwrap_or(0))
        .collect();
    let modifiers = modifiers(parameters.get(1).copied().unwrap_or(1));
    match bytes[end] {
        b'~' => match parameters.first() {
            Some(200) => Next::Paste(used),
            Some(number) => match numbered(*number) {
                Some(code) => with(code, modifiers, used),
                None => Next::Ignore(used),
            },
            None => Next::Ignore(used),
        },
        b'Z' => with(KeyCode::BackTab, KeyModifiers::SHIFT, used),
        // The Linux console's function keys: ESC [ [ A
        b'[' if end == 2 => match bytes.get(3) {
            None => Next::More,
            Some(letter @ b'A'..=b'E') => key(KeyCode::F(letter - b'A' + 1), 4),
            Some(_) => Next::Ignore(4),
        },
        last => match letter(last) {
            Some(code) => with(code, modifiers, used),
            None => Next::Ignore(used),
        },
    }
}

/// `button ; column ; row`, from 1, as modes 1000 and 1006 of xterm tell it. Other buttons are not ours.
fn mouse(parameters: &[u8]) -> Option<Mouse> {
    let text = std::str::from_utf8(parameters).ok()?;
    let mut numbers = text.split(';').map(|number| number.parse::<u16>().ok());
    let (button, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let does = match button {
        0 => MouseDoes::Click,
        64 => MouseDoes::WheelUp,
        65 => MouseDoes::WheelDown,
        _ => return None,
    };
    Some(Mouse { does, at: (column.checked_sub(1)?, row.checked_sub(1)?) })
}

fn modifiers(parameter: u16) -> KeyModifiers {
    let bits = parameter.saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)] {
        if bits & bit != 0 {
            modifiers |= modifier;
        }
    }
    modifiers
}

fn letter(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

fn numbered(number: u16) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(u8::try_from(number - 10).ok()?),
        17..=21 => KeyCode::F(u8::try_from(number - 11).ok()?),
        23 | 24 => KeyCode::F(u8::try_from(number - 12).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Typed {
        Typed::Key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn known_keys() {
        let none = KeyModifiers::NONE;
        for (bytes, expected) in [
            (&b"a"[..], pressed(KeyCode::Char('a'), none)),
            (b"G", pressed(KeyCode::Char('G'), KeyModifiers::SHIFT)),
            ("导".as_bytes(), pressed(KeyCode::Char('导'), none)),
            (b"\r", pressed(KeyCode::Enter, none)),
            (b"\x03", pressed(KeyCode::Char('c'), KeyModifiers::CONTROL)),
            (b"\x7f", pressed(KeyCode::Backspace, none)),
            (b"\x1b[A", pressed(KeyCode::Up, none)),
            (b"\x1bOB", pressed(KeyCode::Down, none)),
            (b"\x1b[5~", pressed(KeyCode::PageUp, none)),
            (b"\x1b[1;5C", pressed(KeyCode::Right, KeyModifiers::CONTROL)),
            (b"\x1b[Z", pressed(KeyCode::BackTab, KeyModifiers::SHIFT)),
            (b"\x1b[15~", pressed(KeyCode::F(5), none)),
            (b"\x1bx", pressed(KeyCode::Char('x'), KeyModifiers::ALT)),
        ] {
            assert_eq!(Decoder::default().feed(bytes), [expected], "{bytes:?}");
        }
    }

    #[test]
    fn the_mouse_presses_no_key() {
        let typed = Decoder::default()
            .feed(b"\x1b[<0;10;5M\x1b[<0;10;5mx\x1b[<2;1;1M\x1b[<65;1;1M\x1b[<0;0;1M\x1b[<M");
        let mouse = |does, at| Typed::Mouse(Mouse { does, at });
        let expected = [
            mouse(MouseDoes::Click, (9, 4)),
            pressed(KeyCode::Char('x'), KeyModifiers::NONE),
            mouse(MouseDoes::WheelDown, (0, 0)),
        ];
        assert_eq!(typed, expected);
    }

    #[test]
    fn a_lone_escape_is_a_key_once_nothing_follows() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b"), []);
        assert!(decoder.is_waiting());
        assert_eq!(decoder.settle(), [pressed(KeyCode::Esc, KeyModifiers::NONE)]);
        assert!(!decoder.is_waiting());
    }

    #[test]
    fn late_answers_of_the_terminal_press_no_key() {
        let x = || pressed(KeyCode::Char('x'), KeyModifiers::NONE);
        for answer in [
            &b"\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\"[..],
            b"\x1b]11;rgb:1c1c/1c1c/1c1c\x07",
            b"\x1bP1$r0m\x1b\\",
            b"\x1b_Gi=1;OK\x1b\\",
        ] {
            assert_eq!(Decoder::default().feed(&[answer, b"x"].concat()), [x()], "{answer:?}");
            for cut in 0..answer.len() {
                let mut decoder = Decoder::default();
                assert_eq!(decoder.feed(&answer[..cut]), [], "{answer:?} {cut}");
                assert_eq!(decoder.feed(&[&answer[cut..], b"x"].concat()), [x()], "{answer:?} {cut}");
            }
        }
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b]11;rgb"), []);
        assert!(decoder.is_waiting());
        assert_eq!(decoder.settle(), []);
        assert_eq!(decoder.feed(b"x"), [x()], "one that breaks off takes nothing with it");
        assert_eq!(decoder.feed(b"\x1b]"), []);
        assert_eq!(decoder.settle(), [pressed(KeyCode::Char(']'), KeyModifiers::ALT)]);
        let endless = [&b"\x1bP"[..], &[b'q'; 3 * MAX_STRING]].concat();
        assert!(Decoder::default().feed(&endless).len() > MAX_STRING, "it is no answer any more");
    }

    #[test]
    fn pasted_text_comes_in_one_piece_and_runs_nothing() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b[200~d\x1b[Aq\x1b[20"), []);
        assert_eq!(
            decoder.feed(b"1~x"),
            [Typed::Paste("d\x1b[Aq".to_owned()), pressed(KeyCode::Char('x'), KeyModifiers::NONE)]
        );
        for (bytes, taken) in [(MAX_PASTE, true), (MAX_PASTE + 1, false), (3 * MAX_PASTE, false)] {
            let pasted = [b"\x1b[200~", vec![b'a'; bytes].as_slice(), PASTE_END].concat();
            let typed = decoder.feed(&pasted);
            assert_eq!(matches!(typed.as_slice(), [Typed::Paste(text)] if text.len() == bytes), taken);
            assert_eq!(typed == [Typed::TooLong], !taken);
        }
    }

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(
            bytes in proptest::collection::vec(prop_oneof![Just(0x1b), Just(b'['), any::<u8>()], 0..60),
            cut in 0..60_usize,
        ) {
            let cut = cut.min(bytes.len());
            let whole = Decoder::default().feed(&bytes);
            let mut decoder = Decoder::default();
            let mut pieces = decoder.feed(&bytes[..cut]);
            pieces.extend(decoder.feed(&bytes[cut..]));
            prop_assert_eq!(whole, pieces);
        }
    }
}
