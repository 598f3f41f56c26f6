//! The id in data whose names are not public.

use super::{ProjectId, SigningProcess};
use serde_json::Value;

impl SigningProcess {
    /// The id that all other calls need, from where you have found it: `path` is written as for [`get`](Self::get). `None`
    /// if there is no text.
    ///
    /// That the id is among the data is documented \[[D2](crate::leap::sources#d2)\]; the name it has there is not, so
    /// none is assumed. Look at one answer of your own account, and say it.
    ///
    /// ```
    /// use countersign::leap::SigningProcess;
    ///
    /// let answer = serde_json::json!({ "somewhere": { "id": "3f0f7c1e-52a4-4d0b-8a53-9f1a6b7c2d10" } });
    /// let process: SigningProcess = serde_json::from_value(answer)?;
    /// let id = process.id_at("/somewhere/id").ok_or("it is somewhere else")?;
    /// assert_eq!(id.as_str(), "3f0f7c1e-52a4-4d0b-8a53-9f1a6b7c2d10");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn id_at(&self, path: &str) -> Option<ProjectId> {
        let id = self.get(path).and_then(Value::as_str).filter(|id| !id.is_empty());
        id.map(|id| ProjectId::from(id.to_owned()))
    }
}
