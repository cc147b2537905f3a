//! Which language the console speaks.

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

    /// By the setting `ui.language`; `auto` looks at the locale.
    pub fn of_setting(setting: &str) -> Self {
        let named = Self::ALL.into_iter().find(|language| language.code() == setting);
        named.unwrap_or_else(|| Self::of_locale(|name| std::env::var(name).ok()))
    }

    /// By the variables of the locale, the first of them that says anything.
    fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
        let locale = locale.into_iter().find(|locale| !locale.is_empty()).unwrap_or_default();
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

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

    pub(super) fn catalogue(self) -> &'static str {
        match self {
            Self::English => include_str!("en.ftl"),
            Self::Chinese => include_str!("zh-CN.ftl"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_count_before_the_locale_and_the_strongest_variable_before_the_others() {
        assert_eq!(Language::of_setting("zh-CN"), Language::Chinese);
        assert_eq!(Language::of_setting("en"), Language::English);
        let of = |all: &[(&str, &str)]| {
            Language::of_locale(|name| all.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(of(&[]), Language::English);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C.UTF-8")]), Language::English);
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_CN")]), Language::Chinese);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), Language::Chinese);
    }
}
