//! The console's thread: events in, model along, frames out. It waits for nothing but events.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::tz::TimeZone;
use ratatui::layout::Rect;
use rustix::fd::{AsFd, OwnedFd};

use super::depth::Depth;
use super::effect::{Action, Effect, Outcome};
use super::feed::{self, Event, Signals};
use super::glyphs::Glyphs;
use super::inbox::Inbox;
use super::keymap::Keymap;
use super::look::Look;
use super::memory::{Choice, Memory};
use super::model::{Identity, Model};
use super::perform::Performer;
use super::terminal::{Mode, Reader, Screen};
use super::theme::Theme;
use super::{Context, language, next_ahead, translate, update, view};
use crate::domain::strategy::Strategy;
use crate::domain::words::{Words, word};
use crate::job;

/// Shortest time between a frame and one that only news ask for; a key is answered at once and shows them too. So
/// there are no more than 30 frames a second, however keys and news fall, while no key repeats faster than that.
const NEWS_INTERVAL: Duration = Duration::from_millis(67);

/// No more columns and rows are drawn, whatever size the terminal claims: a claim of 65535 each would take
/// hundreds of gigabytes.
const LARGEST: (u16, u16) = (1000, 500);

/// Runs the console on this thread until it is quit or its terminal vanishes.
///
/// # Errors
/// When there is no terminal, when it cannot be written to, or when theme or keymap cannot be read.
pub fn run(context: Context) -> anyhow::Result<()> {
    let mut memory = context.settings.data_dir().map(Memory::read).unwrap_or_default();
    let zone = TimeZone::system();
    let look = look(&context, &mut memory, zone.clone())?;
    let (mut inbox, sender) = Inbox::new(terminal_in()?).context("events cannot be waited for")?;
    let signals = Signals::listen(&context.runtime).context("signals cannot be received")?;
    let identity = Identity {
        store: context.service.store.name(),
        user: context.service.actor.label().shown().into_string(),
        banner: context.banner.clone(),
        program: context.program.clone(),
        retry_limit: context.settings.controllers.retry_limit,
        total_deadline: context.settings.install.total_deadline,
        word_above: context.settings.ui.word_above,
        trash_keep: context.settings.trash.keep,
        has_waves: context
            .settings
            .install
            .rules()
            .and_then(|rules| Strategy::of(&rules))
            .is_ok_and(|strategy| !strategy.is_one_wave()),
        zone,
        theme: context.settings.ui.theme.clone(),
        language: context.settings.ui.language.clone(),
    };
    let mut model = Model::new(identity, context.service.clock.now());
    model.read_only = context.settings.ui.read_only.then(|| word!("reason-read-only").into());
    model.upload_folder.clone_from(&context.upload_folder);
    model.lead = context.lead.borrow().clone();
    model.size = size();
    model.language = look.words.language();
    model.remember(memory);
    model.theme.asked = model.kept_theme().to_owned();

    Mode::restore_on_panic(context.settings.data_dir().map(std::path::Path::to_owned));
    let mode = Mode::enter(context.settings.ui.mouse).context("the terminal cannot be prepared")?;
    feed::start(&context, signals, &sender);
    let performer = Performer::start(&context, sender);
    let mut console = Console {
        mode: Some(mode),
        leaving: false,
        screen: Screen::new(std::io::stdout()),
        interval: context.settings.ui.frame_interval,
        look,
        performer,
        effects: Vec::new(),
        drawn: None,
    };
    console.run(&context, &mut model, &mut inbox)?;
    if model.quit
        && model.identity.banner.is_none()
        && let Some(left) = model.left_open()
    {
        console.mode = None; // the shell's screen is back
        eprintln!("{}", console.look.say(&left));
    }
    Ok(())
}

fn look(context: &Context, memory: &mut Memory, zone: TimeZone) -> anyhow::Result<Look> {
    let settings = &context.settings.ui;
    let theme = |name: &str| Theme::named(name, Depth::of_environment(), context.settings.folder());
    let chosen = theme(Choice::over(&memory.theme, &settings.theme)).or_else(|why| {
        if memory.theme.take().is_none() {
            return Err(why);
        }
        tracing::warn!(%why, "the theme that was chosen last time cannot be read");
        theme(&settings.theme)
    });
    Ok(Look {
        words: Words::of(language::of_setting(Choice::over(&memory.language, &settings.language)))
            .by_clock(zone),
        theme: Arc::new(chosen.map_err(anyhow::Error::msg)?),
        glyphs: Glyphs::named(&settings.glyphs),
        keymap: Keymap::with_own(context.settings.folder()).map_err(anyhow::Error::msg)?,
    })
}

/// Where keys come from.
fn terminal_in() -> anyhow::Result<Reader> {
    anyhow::ensure!(
        std::io::stdout().is_terminal(),
        "the console needs a terminal; `segdeck --help` lists the commands that work without one"
    );
    anyhow::ensure!(
        std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
        "the console cannot be drawn on a terminal that TERM calls dumb; set TERM to what it is"
    );
    let keys: OwnedFd = if std::io::stdin().is_terminal() {
        std::io::stdin().as_fd().try_clone_to_owned()?
    } else {
        std::fs::File::open("/dev/tty").context("the console needs a terminal for its keys")?.into()
    };
    Ok(Reader::new(keys))
}

/// Columns and rows of the terminal.
fn size() -> (u16, u16) {
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => {
            (size.ws_col.min(LARGEST.0), size.ws_row.min(LARGEST.1))
        }
        _ => (80, 24),
    }
}

struct Console {
    /// None while the shell has the terminal.
    mode: Option<Mode>,
    /// It was asked to leave the terminal to the shell.
    leaving: bool,
    screen: Screen<std::io::Stdout>,
    interval: Duration,
    look: Look,
    performer: Performer,
    effects: Vec<Effect>,
    drawn: Option<Instant>,
}

/// What waits to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Dirty {
    Clean,
    News,
    Keys,
}

impl Console {
    fn run(&mut self, context: &Context, model: &mut Model, inbox: &mut Inbox) -> anyhow::Result<()> {
        let mut dirty = Dirty::Keys;
        loop {
            let wait = match (dirty, self.drawn) {
                _ if self.mode.is_none() => None,
                (Dirty::Clean, _) => None,
                (_, None) => Some(Duration::ZERO),
                (Dirty::News, Some(at)) => Some(NEWS_INTERVAL.saturating_sub(at.elapsed())),
                (Dirty::Keys, Some(at)) => Some(self.interval.saturating_sub(at.elapsed())),
            };
            if wait != Some(Duration::ZERO) {
                self.perform();
            }
            let mut next = match wait {
                Some(Duration::ZERO) => None,
                wait => inbox.next(wait, self.mode.is_some()),
            };
            let due = next.is_none();
            // All that waits is taken in before anything is drawn.
            while let Some(event) = next {
                model.now = context.service.clock.now();
                let Some(changed) = self.take(context, model, event)? else { return Ok(()) };
                dirty = dirty.max(changed);
                if model.quit {
                    self.perform();
                    return Ok(());
                }
                next = inbox.here();
            }
            if due {
                self.draw(model)?;
                dirty = Dirty::Clean;
            }
        }
    }

    /// Takes one event in; `None`: the terminal is gone.
    fn take(&mut self, context: &Context, model: &mut Model, event: Event) -> anyhow::Result<Option<Dirty>> {
        let (action, dirty) = match event {
            Event::Typed(typed) => (translate(model, &self.look.keymap, typed), Dirty::Keys),
            Event::Resized => {
                let (width, height) = size();
                (Action::Resize(width, height), Dirty::Keys)
            }
            Event::News(action, _taken) => (action, Dirty::News),
            Event::Answer(action) => (action, Dirty::Keys),
            Event::Asked(id) => (Action::Do(id), Dirty::Keys),
            Event::Aside => {
                // The shell may write where we drew.
                self.mode = None;
                job::stop_group();
                return Ok(Some(Dirty::Clean));
            }
            Event::WentOn => {
                // Also when it was stopped by a signal that asks nobody: the shell had the terminal.
                self.leaving = false;
                self.mode = None;
                self.mode = Some(Mode::enter(context.settings.ui.mouse).context("the terminal is gone")?);
                self.screen.forget();
                self.performer.went_on();
                let (width, height) = size();
                (Action::Resize(width, height), Dirty::Keys)
            }
            Event::NoShell => {
                self.leaving = false;
                (Action::Done(Outcome::NoShell), Dirty::Keys)
            }
            Event::Gone => return Ok(None),
        };
        self.act(context, model, action)?;
        while let Some(action) = next_ahead(model, &self.look.keymap) {
            self.act(context, model, action)?;
        }
        Ok(Some(dirty))
    }

    /// Changes the model, and does or keeps what is left to do.
    fn act(&mut self, context: &Context, model: &mut Model, action: Action) -> anyhow::Result<()> {
        for effect in update(model, action) {
            match effect {
                // Only this thread writes to the terminal. One that does not know the sequence ignores it.
                Effect::Copy(text) => _ = self.screen.send(&super::terminal::clipboard(&text)),
                Effect::Notify(say) => {
                    let text = self.look.say(&say);
                    self.screen.send(&super::terminal::notice(&context.settings.ui.notify, &text))?;
                }
                Effect::Dump => {
                    let dump = self.screen.shown().map(super::terminal::Dump::of).unwrap_or_default();
                    self.performer.dump(dump);
                }
                // Once, however often the key is pressed meanwhile.
                Effect::Suspend if std::mem::replace(&mut self.leaving, true) => {}
                Effect::Redraw => self.screen.forget(),
                effect => self.effects.push(effect),
            }
        }
        Ok(())
    }

    /// Does what was asked for since the last frame: after it, since other threads that wake take its time away.
    fn perform(&mut self) {
        for effect in self.effects.drain(..) {
            self.performer.perform(effect);
        }
    }

    fn draw(&mut self, model: &mut Model) -> anyhow::Result<()> {
        self.look.follow(model);
        let area = Rect::new(0, 0, model.size.0, model.size.1);
        let mut frame = self.screen.frame(area);
        let seen = view(model, &self.look, area, &mut frame);
        model.seen = seen.extent;
        self.drawn = Some(Instant::now());
        self.screen.show(frame, seen.cursor).context("the terminal is gone")?;
        Ok(())
    }
}
