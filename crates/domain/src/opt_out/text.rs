//! A reply in words, and what the known phrases in it mean where they stand.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    fold::{Latin, Word, Words, fold},
    phrase::{Phrase, Reader},
    words,
};

/// Fillers that may stand between two words of a phrase, and words that say something in a loose place of one.
const GAP_MAX: usize = 5;
const LOOSE_MAX: usize = 3;
/// Words beside "stop" that may be a name.
const NAME_WORDS_MAX: usize = 3;
/// Fewest letters of a verb that is known by its ending.
const DEED_LETTERS_MIN: usize = 5;

/// What is known, in one reading of Latin letters.
struct Vocabulary {
    refusals: Vec<Phrase>,
    declines: Vec<Phrase>,
    stops: Vec<Phrase>,
    bares: Vec<Phrase>,
    enoughs: Vec<Phrase>,
    noes: Vec<Phrase>,
    returns: Vec<Phrase>,
    signatures: Vec<Phrase>,
    fillers: BTreeSet<String>,
}

impl Vocabulary {
    fn new(latin: Latin) -> Self {
        let reader = Reader::new(latin);
        Self {
            refusals: reader.phrases(&words::REFUSALS.concat()),
            declines: reader.phrases(&words::DECLINES.concat()),
            stops: reader.phrases(words::STOPS),
            bares: reader.phrases(words::BARES),
            enoughs: reader.phrases(words::ENOUGHS),
            noes: reader.phrases(words::NOES),
            returns: reader.phrases(words::RETURNS),
            signatures: reader.phrases(words::SIGNATURES),
            fillers: words::FILLERS.concat().iter().map(|word| fold(word, latin)).collect(),
        }
    }

    fn of(latin: Latin) -> &'static Self {
        static LOOKS: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(Latin::Looks));
        static SOUNDS: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(Latin::Sounds));
        static SOUNDS_J: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(Latin::SoundsJ));
        match latin {
            Latin::Looks => &LOOKS,
            Latin::Sounds => &SOUNDS,
            Latin::SoundsJ => &SOUNDS_J,
        }
    }

    /// "Непишите" is "не пишите" wherever a phrase has these two words.
    fn part_joined_not(&self, word: Word) -> Vec<Word> {
        let mut phrases = self.refusals.iter().chain(&self.declines).chain(&self.enoughs);
        let Some(rest) = phrases.find_map(|phrase| phrase.behind_joined_not(&word)) else {
            return vec![word];
        };
        let raw = word.raw.chars().skip(2).collect();
        let verb = Word { raw, folded: rest.to_owned(), is_name: false, ..word };
        vec![Word { raw: "не".to_owned(), folded: "ne".to_owned(), ..word }, verb]
    }
}

/// Where a phrase stands: its first word, and the one behind its last.
type Place = (usize, usize);

/// A reply in words.
pub struct Text {
    known: &'static Vocabulary,
    words: Vec<Word>,
    questions: Vec<usize>,
    is_filler: Vec<bool>,
    /// Whether a word is itself one of those that ask to stop: "stop, enough".
    is_refusing: Vec<bool>,
}

impl Text {
    /// Reads a text.
    pub fn read(text: &str, latin: Latin) -> Self {
        let known = Vocabulary::of(latin);
        let Words { words, questions } = Words::of(text, latin);
        let words: Vec<Word> = words.into_iter().flat_map(|word| known.part_joined_not(word)).collect();
        let is_number = |word: &Word| word.raw.chars().all(|letter| letter.is_numeric());
        let is_filler =
            words.iter().map(|word| is_number(word) || known.fillers.contains(&word.folded)).collect();
        let is_one_of = |phrases: &[Phrase], word: &Word| {
            phrases.iter().any(|phrase| phrase.len() == 1 && phrase.is_at(0, word))
        };
        let is_refusing = |word| is_one_of(&known.stops, word) || is_one_of(&known.enoughs, word);
        let is_refusing = words.iter().map(is_refusing).collect();
        let mut read = Self { known, words, questions, is_filler, is_refusing };
        read.forget_signatures();
        read
    }

    /// What a telephone writes below a text says nothing.
    fn forget_signatures(&mut self) {
        let places: Vec<Place> = self.known.signatures.iter().flat_map(|phrase| self.find(phrase)).collect();
        for (first, _) in places {
            let sentence = self.words[first].sentence;
            for at in first..self.words.len() {
                self.is_filler[at] |= self.words[at].sentence == sentence;
            }
        }
    }

    /// Where a phrase stands in one sentence, with no more than fillers between its words.
    fn find(&self, phrase: &Phrase) -> Vec<Place> {
        (0..self.words.len()).filter_map(|first| self.find_from(phrase, first)).collect()
    }

    fn find_from(&self, phrase: &Phrase, first: usize) -> Option<Place> {
        if phrase.is_joined(&self.words[first]) {
            return Some((first, first + 1));
        }
        let Word { sentence, clause, .. } = self.words[first];
        let (mut at, mut gap) = (first, 0);
        for place in 0..phrase.len() {
            let mut strange = 0;
            loop {
                let word = self.words.get(at).filter(|word| word.sentence == sentence)?;
                at += 1;
                if phrase.is_at(place, word) {
                    break;
                }
                let says_nothing = self.is_filler[at - 1];
                gap += usize::from(says_nothing);
                strange += usize::from(!says_nothing);
                let may_be_strange = phrase.is_loose(place) && word.clause == clause && strange <= LOOSE_MAX;
                if place == 0 || gap > GAP_MAX || !(says_nothing || may_be_strange) {
                    return None;
                }
            }
        }
        Some((first, at))
    }

    /// Whether the text refuses.
    pub fn is_refusal(&self) -> bool {
        let stands = |phrases: &[Phrase], is_meant: &dyn Fn(&Phrase, Place) -> bool| {
            phrases.iter().any(|phrase| self.find(phrase).into_iter().any(|place| is_meant(phrase, place)))
        };
        let is_declined = |phrase: &Phrase, place: Place| {
            !self.is_about_a_thing(place) && self.is_refused_anywhere(phrase, place)
        };
        stands(&self.known.refusals, &|phrase, place| self.is_refused_anywhere(phrase, place))
            || stands(&self.known.declines, &is_declined)
            || stands(&self.known.stops, &|_, place| self.is_stop(place))
            || stands(&self.known.bares, &|_, place| self.is_bare(place))
            || stands(&self.known.enoughs, &|phrase, place| self.is_enough(phrase, place))
            || stands(&self.known.noes, &|_, place| self.is_all(place))
            || self.is_a_parted_stop()
    }

    /// "Sто п": the text is the word, with something between its letters.
    fn is_a_parted_stop(&self) -> bool {
        let [first, .., _] = &self.words[..] else { return false };
        let folded: String = self.words.iter().map(|word| word.folded.as_str()).collect();
        let whole = Word { raw: folded.clone(), folded, ..first.clone() };
        self.known.stops.iter().any(|stop| stop.len() == 1 && stop.is_at(0, &whole))
    }

    /// A phrase that refuses wherever it stands: unless it is turned round, asked after, or about a thing.
    fn is_refused_anywhere(&self, phrase: &Phrase, place: Place) -> bool {
        // "Do not call" has its own "not"; so has "не пишите".
        if phrase.negates {
            let is_asked = self.is_beside(place.0, words::WHY);
            return !(is_asked || self.is_about_a_thing(place) || self.is_told_of_somebody(place));
        }
        let is_asked = self.is_question(place)
            && (self.is_beside(place.0, words::WHY) || self.is_beside(place.0, words::ASKED));
        !(is_asked || self.is_negated(place.0))
    }

    /// Whether a thing is named that is none of our messages.
    fn is_about_a_thing(&self, (first, _): Place) -> bool {
        let sentence = self.words[first].sentence;
        let names =
            |known: &[&str]| self.words.iter().any(|word| word.sentence == sentence && is_among(word, known));
        names(words::CONCRETE) && !names(words::MESSAGES)
    }

    /// "You don't write to me", "она не звонит": nobody is asked not to.
    fn is_told_of_somebody(&self, (first, behind): Place) -> bool {
        let clause = self.words[first].clause;
        let is_helper = |word: &Word| matches!(word.raw.as_str(), "do" | "did" | "does");
        let before = self.words[..first].iter().filter(|word| word.clause == clause && !is_helper(word));
        let before: Vec<&Word> = before.collect();
        let says_nothing = |word: &Word| self.known.fillers.contains(&word.folded);
        let [others @ .., subject] = &before[..] else { return false };
        // "Звонит" folds to what "звонить" folds to.
        let is_third_person = ["ит", "ет"].iter().any(|ending| self.words[behind - 1].raw.ends_with(ending));
        let is_subject = is_among(subject, words::SUBJECTS) || (is_third_person && !says_nothing(subject));
        is_subject && others.iter().all(|word| says_nothing(word))
    }

    /// "Stop" and its like: with a name or a number beside it, and whatever stands in other clauses.
    fn is_stop(&self, place: Place) -> bool {
        let strange = self.strange_in_clause(place);
        let clause = self.words[place.0].clause;
        let is_unable = place.0 > 0 && is_among(&self.words[place.0 - 1], words::UNABLE);
        let is_turned = is_unable || self.is_negated(place.0) || self.is_surprise(place);
        let is_asked = self.is_asked_by_particle(place) || (self.is_question(place) && !strange.is_empty());
        // Looked at as they are written: "of" says nothing, and "off", which folds to it, does.
        let mut beside = self.words.iter().filter(|word| word.clause == clause);
        let is_elsewhere = beside.any(|word| is_about_something_else(word) || is_among(word, words::ASKED))
            || strange.iter().any(|word| is_deed(word));
        let is_lost_among_others = strange.len() > NAME_WORDS_MAX;
        !(is_turned || is_asked || is_elsewhere || is_lost_among_others)
    }

    /// "Delete" and its like: in its clause stands a name and nothing else.
    fn is_bare(&self, place: Place) -> bool {
        let strange = self.strange_in_clause(place);
        let is_turned = self.is_negated(place.0) || self.is_surprise(place) || self.is_about_a_thing(place);
        !is_turned
            && strange.len() <= NAME_WORDS_MAX
            && strange.iter().all(|word| word.is_name && !is_about_something_else(word))
    }

    /// "Enough" and its like: a name may stand behind it or in another clause, and nothing else.
    fn is_enough(&self, phrase: &Phrase, place: Place) -> bool {
        let first_of_all = |word: &Word| std::ptr::eq(word, &self.words[0]);
        let is_of_a_stop = phrase.negates && self.is_before_a_stop(place);
        let is_turned = is_of_a_stop || self.is_surprise(place) || self.is_asked_by_particle(place);
        let is_counted = self.words.iter().any(|word| is_among(word, words::QUANTITIES));
        !(is_turned || is_counted)
            && self.is_with_a_name_at_most(place)
            && !self.strange_in_clause(place).into_iter().any(first_of_all)
    }

    /// A mere "no": beside it stands nothing but politeness.
    fn is_all(&self, (first, behind): Place) -> bool {
        let others = (0..self.words.len()).filter(|at| !(first..behind).contains(at));
        // "SMS нет" complains that none came.
        let is_missed = first > 0 && is_among(&self.words[first - 1], words::MESSAGES);
        !is_missed && self.questions.is_empty() && others.into_iter().all(|at| self.is_filler[at])
    }

    /// The taking back of a refusal is said plainly, or not at all.
    pub fn is_return(&self) -> bool {
        let is_meant = |place: Place| self.questions.is_empty() && self.is_with_a_name_at_most(place);
        self.known.returns.iter().any(|phrase| self.find(phrase).into_iter().any(is_meant))
    }

    /// Whether beside a phrase, which nothing turns round, a name stands in the text and nothing else.
    fn is_with_a_name_at_most(&self, place: Place) -> bool {
        let strange = self.strange_in_clause(place);
        let clause = self.words[place.0].clause;
        let elsewhere: Vec<&Word> = (0..self.words.len())
            .filter(|at| self.words[*at].clause != clause && !self.is_filler[*at] && !self.is_refusing[*at])
            .map(|at| &self.words[at])
            .collect();
        !self.is_negated(place.0)
            && strange.iter().all(|word| word.is_name && !is_about_something_else(word))
            // A name in small letters is one word at most.
            && elsewhere.iter().filter(|word| !word.is_name).count() <= 1
            && !elsewhere.iter().any(|word| is_among(word, words::CONCRETE))
            && strange.len() + elsewhere.len() <= NAME_WORDS_MAX
    }

    /// The other words of a phrase's clause that say something.
    fn strange_in_clause(&self, (first, behind): Place) -> Vec<&Word> {
        let clause = self.words[first].clause;
        let others = (0..self.words.len()).filter(|at| !(first..behind).contains(at));
        others
            .filter(|at| self.words[*at].clause == clause && !self.is_filler[*at] && !self.is_refusing[*at])
            .map(|at| &self.words[at])
            .collect()
    }

    /// Whether a negation stands before a word in its clause, with fillers and wishes between: "do not stop".
    fn is_negated(&self, at: usize) -> bool {
        let clause = self.words[at].clause;
        for before in (at.saturating_sub(GAP_MAX)..at).rev() {
            let word = &self.words[before];
            if word.clause != clause {
                return false;
            }
            if is_among(word, words::NEGATIONS) {
                return true;
            }
            if !self.is_filler[before] && !is_among(word, words::WISHES) {
                return false;
            }
        }
        false
    }

    /// Whether what is not needed is a stop: "не надо стоп".
    fn is_before_a_stop(&self, (_, behind): Place) -> bool {
        let Some(word) = self.words.get(behind) else { return false };
        word.clause == self.words[behind - 1].clause
            && self.known.stops.iter().any(|stop| stop.is_at(0, word))
    }

    /// Whether a word of one of these stands in the same clause.
    fn is_beside(&self, at: usize, known: &[&str]) -> bool {
        self.words.iter().any(|word| word.clause == self.words[at].clause && is_among(word, known))
    }

    fn is_question(&self, (first, _): Place) -> bool {
        self.questions.contains(&self.words[first].sentence)
    }

    /// Whether a Kazakh particle behind a word makes it a question.
    fn is_asked_by_particle(&self, (_, behind): Place) -> bool {
        self.words.get(behind).is_some_and(|word| is_among(word, words::PARTICLES))
    }

    /// Whether the clause behind it begins like the rest of an exclamation: "Stop, but where…".
    fn is_surprise(&self, (first, behind): Place) -> bool {
        let Word { clause, sentence, .. } = self.words[first];
        let next = self.words[behind..].iter().find(|word| word.clause != clause);
        next.is_some_and(|word| word.sentence == sentence && is_among(word, words::BUT))
    }
}

/// Whether a word is among known ones as it is written: what speaks against a refusal is never guessed.
fn is_among(word: &Word, known: &[&str]) -> bool {
    known.iter().any(|known| match known.strip_suffix('*') {
        Some(stem) => word.raw.starts_with(stem),
        None => word.raw == *known,
    })
}

fn is_about_something_else(word: &Word) -> bool {
    is_among(word, words::CONTEXT) || is_among(word, words::CONCRETE)
}

/// Whether a word is something that people do: "перестаньте опаздывать", "stop being late".
fn is_deed(word: &Word) -> bool {
    const ENDINGS: [&str; 9] = ["ать", "ить", "еть", "ять", "ться", "уді", "уды", "юді", "ing"];
    word.raw.chars().count() >= DEED_LETTERS_MIN && ENDINGS.iter().any(|ending| word.raw.ends_with(ending))
}
