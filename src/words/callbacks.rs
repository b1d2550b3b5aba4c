//! The data of buttons: an enum names each button once, for writing and for reading.
//!
//! # Invariants
//! - Data is words with colons between them; only the last part of a button may contain a colon.
//! - Data is read to its end; what is left over makes it no button.

/// Data that is being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Data<'a> {
    /// A word that comes before the rest.
    first: Option<&'a str>,
    rest: Option<&'a str>,
}

impl<'a> Data<'a> {
    /// The next word.
    pub(crate) fn word(&mut self) -> Option<&'a str> {
        self.first.take().or_else(|| {
            let rest = self.rest?;
            let (word, rest) = match rest.split_once(':') {
                Some((word, rest)) => (word, Some(rest)),
                None => (rest, None),
            };
            self.rest = rest;
            Some(word)
        })
    }

    /// Passes over fixed words.
    pub(crate) fn pass(&mut self, fixed: &str) -> Option<()> {
        let mut fixed = fixed.split_terminator(':');
        fixed.try_for_each(|word| (self.word()? == word).then_some(()))
    }

    /// Puts a word back before the rest.
    pub(crate) fn put_back(&mut self, word: &'a str) {
        self.first = Some(word);
    }

    /// Reads, or stays at the same place.
    pub(crate) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut ahead = *self;
        let value = read(&mut ahead)?;
        *self = ahead;
        Some(value)
    }
}

/// A part of a button's data.
pub(crate) trait Part<'a>: Sized {
    fn take(data: &mut Data<'a>) -> Option<Self>;

    fn put(&self, words: &mut Vec<String>);

    /// Reads a whole button.
    fn parse(data: &'a str) -> Option<Self> {
        let (first, rest) = (None, Some(data));
        let mut data = Data { first, rest };
        let part = Self::take(&mut data)?;
        data.word().is_none().then_some(part)
    }

    /// Writes a whole button.
    fn data(&self) -> String {
        let mut words = Vec::new();
        self.put(&mut words);
        words.join(":")
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Part<'_> for $number {
            fn take(data: &mut Data<'_>) -> Option<Self> {
                data.word()?.parse().ok()
            }

            fn put(&self, words: &mut Vec<String>) {
                words.push(self.to_string());
            }
        }
    )+};
}

numbers!(i8, u16, u32, i64, usize);

impl Part<'_> for bool {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        let word = data.word()?;
        [true, false]
            .into_iter()
            .find(|yes| yes_or_no(*yes) == word)
    }

    fn put(&self, words: &mut Vec<String>) {
        words.push(yes_or_no(*self).to_owned());
    }
}

/// All that is left, with its colons.
impl<'a> Part<'a> for &'a str {
    fn take(data: &mut Data<'a>) -> Option<Self> {
        data.rest.take()
    }

    fn put(&self, words: &mut Vec<String>) {
        words.push((*self).to_owned());
    }
}

/// A part that may be left out.
impl<'a, T: Part<'a>> Part<'a> for Option<T> {
    fn take(data: &mut Data<'a>) -> Option<Self> {
        Some(data.attempt(T::take))
    }

    fn put(&self, words: &mut Vec<String>) {
        if let Some(part) = self {
            part.put(words);
        }
    }
}

/// The word of a choice, in buttons and in the keys of texts.
pub(crate) fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Declares buttons: an enum whose values are read and written as the words beside them.
///
/// ```ignore
/// callbacks! {
///     /// A button about runs.
///     pub(crate) enum RunCallback in "run" {
///         /// `run:check`
///         Check = "check",
///         /// `run:stop:7`; an id that cannot be read is 0.
///         Stop(id: i64 = 0) = "stop",
///         /// `run:longer:7`, but not `run:longer:8`
///         Longer(days: u32) = "longer" if days % 7 == 0,
///         /// `run:pause:5`, if `Pause` is the word `pause` of `RunAct`: an act without words of
///         /// its own comes around the id before it.
///         Run(id: i64, act: RunAct),
///     }
/// }
/// ```
///
/// The values are tried in the order of the declaration: a longer word comes before its beginning.
macro_rules! callbacks {
    ($(#[$doc:meta])* $visible:vis enum $name:ident<$life:lifetime> $($rest:tt)*) => {
        $crate::words::callbacks!(
            @enum [$(#[$doc])*] [$visible] [$name<$life>] [<$life>] [$life] $($rest)*
        );
    };
    ($(#[$doc:meta])* $visible:vis enum $name:ident $($rest:tt)*) => {
        $crate::words::callbacks!(
            @enum [$(#[$doc])*] [$visible] [$name] [] ['_] $($rest)*
        );
    };
    (
        @enum [$($doc:tt)*] [$visible:vis] [$($name:tt)+] [$($generics:tt)*] [$life:lifetime]
        $(in $prefix:literal)? {
            $(
                $(#[$value_doc:meta])*
                $value:ident
                $(($($field:ident: $type:ty $(= $default:expr)?),+ $(,)?))?
                $({$(
                    $(#[$named_doc:meta])*
                    $named:ident: $named_type:ty $(= $named_default:expr)?
                ),+ $(,)?})?
                $(= $word:literal $(if $guard:expr)?)?
            ),+ $(,)?
        }
    ) => {
        $($doc)*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visible enum $($name)+ {
            $(
                $(#[$value_doc])*
                $value $(($($type),+))? $({$($(#[$named_doc])* $named: $named_type),+})?
            ),+
        }

        impl $($generics)* $crate::words::Part<$life> for $($name)+ {
            fn take(data: &mut $crate::words::Data<$life>) -> Option<Self> {
                $(data.pass($prefix)?;)?
                $(
                    let read = data.attempt(|data| {
                        $crate::words::callbacks!(
                            @take data [$($word)?]
                            $($($field: $type $(= $default)?),+)?
                            $($($named: $named_type $(= $named_default)?),+)?
                        );
                        $($(if !$guard { return None; })?)?
                        Some(Self::$value $(($($field),+))? $({$($named),+})?)
                    });
                    if read.is_some() {
                        return read;
                    }
                )+
                None
            }

            fn put(&self, words: &mut Vec<String>) {
                $(words.push($prefix.to_owned());)?
                match self {
                    $(Self::$value $(($($field),+))? $({$($named),+})? => {
                        $crate::words::callbacks!(
                            @put words [$($word)?] $($($field)+)? $($($named)+)?
                        );
                    })+
                }
            }
        }

        impl $($generics)* From<$($name)+> for String {
            fn from(callback: $($name)+) -> Self {
                $crate::words::Part::data(&callback)
            }
        }
    };
    (@take $data:ident [] $only:ident: $type:ty) => {
        let $only = <$type as $crate::words::Part>::take($data)?;
    };
    (@take $data:ident [] $id:ident: $id_type:ty, $($act:ident: $type:ty $(= $default:expr)?),+) => {
        let word = $data.word()?;
        let $id = <$id_type as $crate::words::Part>::take($data)?;
        $data.put_back(word);
        $crate::words::callbacks!(@take $data [""] $($act: $type $(= $default)?),+);
    };
    (@take $data:ident [$word:literal] $($field:ident: $type:ty $(= $default:expr)?),*) => {
        $data.pass($word)?;
        $(
            let $field = <$type as $crate::words::Part>::take($data);
            $(let $field = $field.or(Some($default));)?
            let $field = $field?;
        )*
    };
    (@put $words:ident [] $only:ident) => {
        $crate::words::Part::put($only, $words);
    };
    (@put $words:ident [] $id:ident $($act:ident)+) => {
        let behind_word = $words.len() + 1;
        $($crate::words::Part::put($act, $words);)+
        $words.insert(behind_word, $id.to_string());
    };
    (@put $words:ident [$word:literal] $($field:ident)*) => {
        $words.extend($word.split_terminator(':').map(str::to_owned));
        $($crate::words::Part::put($field, $words);)*
    };
}

pub(crate) use callbacks;

#[cfg(test)]
#[path = "tests/callbacks.rs"]
mod tests;
