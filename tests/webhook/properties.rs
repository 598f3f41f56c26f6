use super::*;
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::sample::Index;

proptest! {
    #[test]
    fn a_secret_with_any_byte_flipped_is_refused(index: Index, mask in 1u8..) {
        let mut wrong = SECRET.as_bytes().to_vec();
        wrong[index.index(SECRET.len())] ^= mask;
        // What a header cannot carry never arrives.
        if let Ok(value) = http::HeaderValue::from_bytes(&wrong) {
            let request = Request::post("/").header(HEADER, value).body(completed().to_string()).unwrap();
            prop_assert_eq!(rejected(&request.into()).reason(), Reason::WrongCredential);
        }
    }

    #[test]
    fn an_accepted_delivery_hands_over_exactly_its_bytes(spaces in vec(" |\t|\r\n", 2), note: String, number: f64) {
        let event = changed(json!({ "data": { "note": note, "number": number } })).to_string();
        let body = Bytes::from(format!("{}{event}{}", spaces[0], spaces[1]));
        let verified = verifier().verify(&delivery(body.clone()), time(0)).unwrap();
        prop_assert_eq!(verified.body(), &body);
    }

    #[test]
    fn no_body_makes_it_panic(body in vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(rejected(&delivery(body)).reason(), Reason::MalformedBody);
    }
}
