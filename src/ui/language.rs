//! Which language the console speaks first: as it is set, or as the locale says.

use crate::domain::words::Language;

/// By the setting `ui.language`; `auto` looks at the locale.
pub(super) fn of_setting(setting: &str) -> Language {
    let named = Language::ALL.into_iter().find(|language| language.code() == setting);
    named.unwrap_or_else(|| of_locale(|name| std::env::var(name).ok()))
}

/// By the variables of the locale, the first of them that says anything.
fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
    let locale = locale.into_iter().find(|locale| !locale.is_empty()).unwrap_or_default();
    if locale.to_ascii_lowercase().starts_with("zh") { Language::Chinese } else { Language::English }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_count_before_the_locale_and_the_strongest_variable_before_the_others() {
        assert_eq!(of_setting("zh-CN"), Language::Chinese);
        assert_eq!(of_setting("en"), Language::English);
        let of = |all: &[(&str, &str)]| {
            of_locale(|name| all.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(of(&[]), Language::English);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C.UTF-8")]), Language::English);
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_CN")]), Language::Chinese);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), Language::Chinese);
    }
}
