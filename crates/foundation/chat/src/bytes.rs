//! Bytes in JSON: as one short text, not as a list of numbers.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use crate::{Document, Reply};

    #[test]
    fn a_file_is_read_back_as_it_was_and_older_replies_have_none() {
        let mut reply = Reply::private("Here it is");
        reply.document = Some(Box::new(Document {
            file_name: "a.json".to_owned(),
            about: "Everything".to_owned(),
            bytes: vec![0, 255, 10, 13],
        }));
        let text = serde_json::to_string(&reply).unwrap();
        assert!(text.contains(r#""bytes":"AP8KDQ==""#), "{text}");
        assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
        let mut older = serde_json::to_value(Reply::private("Hi")).unwrap();
        older.as_object_mut().unwrap().remove("document");
        assert_eq!(
            serde_json::from_value::<Reply>(older).unwrap(),
            Reply::private("Hi")
        );
    }
}
