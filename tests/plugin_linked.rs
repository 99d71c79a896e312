//! Two plugins linked into one program: each exports a descriptor under the same name, and that
//! must not keep a test from using both through the kit.

use wirebench_sdk::kit;

#[test]
fn two_plugins_can_be_linked_into_one_test() {
    let mut echo = kit::server::<wirebench_echo::Echo>("{}").unwrap();
    let mut faulty = kit::server::<wirebench_faulty::Faulty>("{}").unwrap();
    for kit in [&mut echo, &mut faulty] {
        let session = kit.open().unwrap();
        kit.message(session, 5, b"hello").unwrap();
        assert_eq!((kit.sent()[0].token, &*kit.sent()[0].bytes), (5, &b"hello"[..]));
    }
}
