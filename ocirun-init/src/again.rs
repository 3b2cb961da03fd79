//! A call that a signal has interrupted is made again.

use nix::errno::Errno;

/// Makes the call until it is not interrupted.
pub fn again<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_interrupted_call_is_made_again() {
        let answer = |answers: &[nix::Result<u8>]| {
            let mut answers = answers.iter().copied();
            again(|| answers.next().expect("no call too many"))
        };
        assert_eq!(answer(&[Ok(1)]), Ok(1));
        assert_eq!(answer(&[Err(Errno::EINTR), Err(Errno::EINTR), Ok(2)]), Ok(2));
        assert_eq!(answer(&[Err(Errno::EINTR), Err(Errno::EIO), Ok(3)]), Err(Errno::EIO));
    }
}
