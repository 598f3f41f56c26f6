//! What every mock can be told, and tells.

/// What every mock can be told, and tells: faults, requests, its clock and its end. The server has the members
/// `running` and `state`, and `state` a `clock`; if there is a second one for what is elsewhere, it is named too.
macro_rules! controls {
    ($server:ident, $client:ty $(, and $also:ident)?) => {
        controls!($server $(, and $also)?);

        impl $server {
            /// A client of this server.
            ///
            /// # Errors
            ///
            /// As [`ClientBuilder::build`](crate::ClientBuilder::build).
            pub fn client(&self) -> Result<$client, crate::Error> {
                self.client_builder().build()
            }

            /// Where it listens, the path of the API included.
            #[must_use]
            pub fn base_url(&self) -> &str {
                self.running.base_url()
            }
        }
    };
    ($server:ident $(, and $also:ident)?) => {
        impl $server {
            /// The same server as a router, to be mounted into an application or served on a listener of its own. Its paths are
            /// those of the provider, so mount it at the root, or nest it and give clients the longer base URL. URLs in its
            /// answers still lead to the server itself, which goes on listening; a reset connection is an answer that breaks
            /// off. Who may call is up to the application: [`check_caller`](crate::mock::check_caller) is not asked.
            pub fn router(&self) -> ::axum::Router {
                self.running.router()
            }

            /// Lets the next request fail, whatever it asks for. Faults queue up; each happens once.
            pub fn fail_next(&self, fault: crate::mock::Fault) {
                self.running.fail_next(fault);
            }

            /// Lets the next call of an operation fail, by its id in the table of operations.
            ///
            /// # Panics
            ///
            /// No operation has this id. The message lists those there are.
            #[track_caller]
            pub fn fail_next_on(&self, operation: &str, fault: crate::mock::Fault) {
                self.running.fail_next_on(operation, fault);
            }

            /// Lets every request to the base URL fail from now on, until [`stop_failing`](Self::stop_failing). What was asked
            /// for once comes first; of several that stand, the last.
            pub fn fail_every(&self, fault: crate::mock::Fault) {
                self.running.fail_every(fault);
            }

            /// Lets every call of an operation fail from now on, by its id in the table of operations.
            ///
            /// # Panics
            ///
            /// No operation has this id. The message lists those there are.
            #[track_caller]
            pub fn fail_every_on(&self, operation: &str, fault: crate::mock::Fault) {
                self.running.fail_every_on(operation, fault);
            }

            /// From now on nothing fails: faults that have not happened are forgotten, and so is the seed.
            pub fn stop_failing(&self) {
                self.running.stop_failing();
                $(self.$also.stop_failing();)?
            }

            /// From now on this share of the requests fails, 0.1 for one in ten: with 429 and 5xx, HTML pages, delays, resets
            /// before and after the request was read or processed, truncated and slow answers, members and
            /// values that are new. Which
            /// request fails how follows from the seed and the order in which the requests come, so that the same seed
            /// gives the same run. A test that panics prints its seed. A share of 0 ends it.
            ///
            /// Waits that are asked for are over at once; those between attempts are the client's own.
            pub fn fail_by_seed(&self, seed: u64, share: f64) {
                self.running.fail_by_seed(seed, share);
            }

            /// How many faults that were asked for have not happened yet.
            #[must_use]
            pub fn pending_faults(&self) -> usize {
                self.running.pending_faults() $(+ self.$also.pending_faults())?
            }

            /// The last 1024 requests, oldest first, refused ones included. Those with large bodies go sooner. What
            /// [`check_caller`](crate::mock::check_caller) refuses was never read and is not among them.
            #[must_use]
            pub fn requests(&self) -> Vec<crate::mock::RecordedRequest> {
                self.running.requests()
            }

            /// The calls of one operation, by its id in the table of operations, to say something about them.
            #[must_use]
            pub fn calls(&self, operation: &str) -> crate::mock::Calls {
                crate::mock::Calls::of(operation, self.requests())
            }

            /// Says that exactly these operations were called, in this order.
            ///
            /// # Panics
            ///
            /// Others were called. The message shows both, side by side.
            #[track_caller]
            pub fn assert_calls(&self, expected: &[&str]) {
                crate::mock::inspection::assert_calls(expected, &self.requests());
            }

            /// Forgets the requests so far.
            pub fn clear_requests(&self) {
                self.running.clear_requests();
                $(self.$also.clear_requests();)?
            }

            /// Stops the server's clock at a time. Deliveries and delays take real time all the same. What was to be
            /// [late](crate::mock::Fault::late) until then happens.
            pub fn set_time(&self, time: ::std::time::SystemTime) {
                self.state.clock.set(time);
                self.running.catch_up();
            }

            /// Moves the server's clock. What was to be [late](crate::mock::Fault::late) until then happens.
            pub fn advance(&self, by: ::std::time::Duration) {
                self.state.clock.advance(by);
                self.running.catch_up();
            }

            /// Takes no more connections, and returns when the calls under way are answered or five seconds have passed.
            pub async fn shutdown(self) {
                self.running.shutdown().await;
                $(self.$also.shutdown().await;)?
            }
        }

        impl ::std::fmt::Debug for $server {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter
                    .debug_struct(stringify!($server))
                    .field("base_url", &self.running.base_url())
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(super) use controls;
