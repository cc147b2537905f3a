//! The languages there are, each with the parts of its catalogue.

/// A language with a whole catalogue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// In the order of the key that goes through them.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// As settings and catalogues name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The one after it, round and round.
    pub fn next(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }

    /// The parts of its catalogue, by what they speak of.
    pub(super) fn catalogue(self) -> &'static [&'static str] {
        match self {
            Self::English => &[
                include_str!("en/console.ftl"),
                include_str!("en/rules.ftl"),
                include_str!("en/requests.ftl"),
                include_str!("en/files.ftl"),
            ],
            Self::Chinese => &[
                include_str!("zh-CN/console.ftl"),
                include_str!("zh-CN/rules.ftl"),
                include_str!("zh-CN/requests.ftl"),
                include_str!("zh-CN/files.ftl"),
            ],
        }
    }
}
