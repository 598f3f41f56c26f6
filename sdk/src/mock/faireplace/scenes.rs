//! Stories of a lease that is being signed.

use super::Server;
use crate::faireplace::signatures::ValidateOtpInput;
use crate::mock::{NotPossible, Scene};

impl Server {
    /// Plays a scene with a lease that is being signed by one-time codes. There is nothing to deliver: FairePlace has no
    /// callbacks, so poll its status.
    ///
    /// # Errors
    ///
    /// Nothing is being signed, or nobody can do such a thing.
    pub fn play(&self, scene: Scene, lease: impl AsRef<str>) -> Result<(), NotPossible> {
        let lease = lease.as_ref();
        match scene {
            Scene::EveryoneSigns => self.everyone_signs(lease),
            Scene::SecondSignerRefuses => Err(NotPossible::because("nobody can refuse with FairePlace")),
            Scene::DeadlinePasses => {
                let deadline = self.state.deadline(lease);
                let deadline = deadline.ok_or(NotPossible::because("nothing is being signed"))?;
                self.state.clock.set(deadline);
                Ok(())
            }
        }
    }

    /// One after the other enters the code that was sent.
    fn everyone_signs(&self, lease: &str) -> Result<(), NotPossible> {
        let nothing = NotPossible::because("nothing is being signed with codes");
        let document = self.state.document_of(lease).ok_or(nothing)?;
        let mut has_signed = false;
        while let Some(code) = self.state.current_code(lease) {
            let given = ValidateOtpInput::default().document_signature_id(document.as_str()).otp(code);
            self.state
                .validate(lease, &given)
                .map_err(|_| NotPossible::because("the code is too old or locked"))?;
            has_signed = true;
        }
        if has_signed { Ok(()) } else { Err(nothing) }
    }
}
