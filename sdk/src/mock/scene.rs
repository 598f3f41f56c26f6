//! Stories that applications want to see through, by name.

/// A story of a document, to be played by a mock in one line: `server.play(Scene::EveryoneSigns, id).await`. What happens is
/// delivered as the provider tells it. The steps of the servers are for everything else.
///
/// ```
/// # #[cfg(feature = "leap")] {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::Content;
/// use countersign::leap::{Person, SignDocument};
/// use countersign::mock::{Scene, leap};
///
/// let server = leap::Server::start().await?;
/// let ada = Person::default().name("Ada Example").email("ada@example.com");
/// let contract = SignDocument::pdf(Content::bytes("%PDF-1.7"));
/// let call = server.client()?.start_signing_process("Contract 17", contract).project_owner(ada.clone());
/// let process = call.signers([ada]).send().await?;
///
/// let id = process.id_at(leap::ID_PATH).ok_or("the id is somewhere else")?;
/// let delivered = server.play(Scene::EveryoneSigns, &id).await?;
/// assert!(delivered.is_empty()); // no callback URL was given
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | | `EveryoneSigns` | `SecondSignerRefuses` | `DeadlinePasses` |
/// |---|---|---|---|
/// | `faireplace` | with the right codes | not possible: nobody can refuse | the time for signing, of the server's clock, runs out |
/// | `leap` | in order | not possible: no refusal is documented | not possible: no deadline is documented |
/// | `legalesign` | in order | the second one rejects | the latest expiry of a signer passes; nobody is told |
/// | `sign8` | not possible: no callback is known that tells it | the workflow is refused | the workflow expires |
/// | `signly` | with all steps | the second one uses up the attempts, since nobody can refuse | the deadline passes |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scene {
    /// All who have not signed yet do.
    EveryoneSigns,
    /// The first one signs, and the second one does not want to.
    SecondSignerRefuses,
    /// Nobody signs in time: the clock of the server is moved.
    DeadlinePasses,
}

/// Stories are staged by each server, and told by all in the same way.
macro_rules! plays {
    ($server:ident) => {
        impl $server {
            /// Plays a story to its end, and delivers what is told of it; see [`Scene`](crate::mock::Scene) for what each one
            /// is here.
            ///
            /// # Errors
            ///
            /// As [`stage`](Self::stage).
            pub async fn play(
                &self,
                scene: crate::mock::Scene,
                id: impl AsRef<str>,
            ) -> Result<Vec<crate::mock::Delivered>, crate::mock::NotPossible> {
                self.stage(scene, id)?;
                Ok(self.deliver_due().await)
            }
        }
    };
}
pub(super) use plays;
