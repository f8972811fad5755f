//! Counts what readers count: letters as they are seen, words and sentences.

use serde_derive::Deserialize;
use serde_json::{json, Error, Value};
use unicode_segmentation::UnicodeSegmentation;

#[derive(Deserialize)]
struct Parameters {
    text: String,
}

pub fn main(args: Value) -> Result<Value, Error> {
    let Parameters { text } = serde_json::from_value(args)?;
    let words: Vec<&str> = text.unicode_words().collect();
    let longest = words.iter().max_by_key(|word| word.graphemes(true).count());
    Ok(json!({
        "characters": text.graphemes(true).count(),
        "words": words.len(),
        "sentences": text.unicode_sentences().count(),
        "longest": longest,
    }))
}
