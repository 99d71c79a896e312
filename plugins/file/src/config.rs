//! What a scenario may say, and what follows from it.

use crate::dialect::{Answers, Keys, Texts};
use crate::digest::Algorithm;
use serde::Deserialize;
use wirebench_sdk::{Error, Result, Size, Span};

/// The conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Do {
    /// A header, then the bytes in chunks; the server stores them.
    #[default]
    Upload,
    /// The same in the other direction.
    Download,
    /// `name/size`, `y` or `n`, chunks, the receiver's digest, the sender's word on it.
    Offer,
    /// Commands that walk the server's directories.
    Browse,
    /// One message with name and content.
    SmallUpload,
}

/// Where a digest stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestAt {
    /// In the header: the file is read twice, the first time before anything is sent.
    #[default]
    Header,
    /// In a message behind the last chunk: the file is read once.
    Trailer,
}

/// Who of an offer sends its digest first, for the other to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestFrom {
    /// Whoever has received the file.
    #[default]
    Receiver,
    /// Whoever has sent it, right behind its last byte.
    Sender,
}

/// What the other one says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfirmBy {
    /// The word that confirms, or the one that objects.
    #[default]
    Word,
    /// Its own digest, which is the same or is not.
    Digest,
}

/// What answers a command that goes elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CdAnswer {
    /// The place, from the root on.
    #[default]
    Place,
    /// What stands there; whatever cannot be gone to is answered by one text.
    Listing,
}

/// How a broken transfer is taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resume {
    /// From the number of bytes that the receiver has kept.
    Offset,
}

/// What the sender does wrong on purpose: a negative control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// One bit of the first chunk is another one, behind the digest's back.
    Flip,
    /// The last chunk is a byte too long.
    More,
    /// An empty message stands for the last chunk.
    Fewer,
}

/// The file that is made where the scenario names none.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileSpec {
    /// Its size.
    pub size: Size,
    /// What its bytes follow from.
    pub seed: u64,
    /// Only a hole: it reads as zeros and takes no room.
    pub sparse: bool,
}

impl Default for FileSpec {
    fn default() -> Self {
        Self { size: Size::from_bytes(1 << 20), seed: 42, sparse: false }
    }
}

/// A command of directory browsing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Command {
    /// Any answer is right.
    Say(String),
    /// Exactly this answer is right.
    Ask {
        /// The command.
        say: String,
        /// Its answer.
        answer: String,
    },
}

impl Command {
    /// The command itself.
    pub fn say(&self) -> &str {
        match self {
            Self::Say(say) | Self::Ask { say, .. } => say,
        }
    }
}

/// The `config` of both sides.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The conversation.
    pub r#do: Do,
    /// The server's directory, relative to the scenario's; without it one that the round brings
    /// along and that holds what the client will ask for.
    pub root: Option<String>,
    /// Where the client puts what it downloads; without it a directory of the round.
    pub into: Option<String>,
    /// The file that the client sends, relative to the scenario; without it one is made.
    pub source: Option<String>,
    /// The name that the client asks for.
    pub name: String,
    /// The file that is made.
    pub file: FileSpec,
    /// Bytes of a chunk.
    pub chunk: Size,
    /// The digest; by default `blake3`, for offers `md5`.
    pub digest: Option<Algorithm>,
    /// Where the digest stands.
    pub digest_at: DigestAt,
    /// How broken transfers are taken up again; without it they leave nothing behind.
    pub resume: Option<Resume>,
    /// An upload waits for the server's word before its first chunk.
    pub wait: bool,
    /// Larger files are refused by whoever should store them.
    pub max_size: Size,
    /// Who of an offer sends its digest first.
    pub digest_from: DigestFrom,
    /// What the other one says of it.
    pub confirm_by: ConfirmBy,
    /// An offer that comes in pieces has come when nothing more has for so long.
    pub quiet: Option<Span>,
    /// The receiver takes what is offered.
    pub accept: bool,
    /// The text of a small upload; without it, seeded text of the file's size.
    pub content: Option<String>,
    /// Small uploads and their answers have no framing: objects are told apart by their braces.
    pub unframed: bool,
    /// A small upload escapes every character beyond ASCII.
    pub escape: bool,
    /// The commands of browsing, in turn; they should end where they began.
    pub commands: Vec<Command>,
    /// The first message of a session: the directory to begin in, absolute.
    pub start: Option<Command>,
    /// What answers `cd` and `..`.
    pub cd_answer: CdAnswer,
    /// The names of directories end with `/` in listings.
    pub slash: bool,
    /// What is made to be browsed: paths, directories with a `/` at their end.
    pub tree: Vec<String>,
    /// The keys of control messages.
    pub keys: Keys,
    /// The words of control messages, and the texts of plain conversations.
    pub texts: Texts,
    /// Digests stand in control messages as hex digits alone.
    pub bare_digest: bool,
    /// What answers an upload.
    pub answer: Answers,
    /// An upload waits for this text before its first chunk.
    pub go_ahead: Option<String>,
    /// The size that the sender announces, whatever the file has.
    pub claim: Option<Size>,
    /// What the sender does wrong.
    pub fault: Fault,
    /// The client closes each session within its first upload, after so many bytes.
    pub break_after: Option<Size>,
}

impl Default for Config {
    fn default() -> Self {
        let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let commands =
            ["pwd", "ls", "cd name with spaces", "ls", "cd ..", "cd empty", "ls", "cd .."];
        Self {
            r#do: Do::default(),
            root: None,
            into: None,
            source: None,
            name: "file.bin".to_owned(),
            file: FileSpec::default(),
            chunk: Size::from_bytes(64 << 10),
            digest: None,
            digest_at: DigestAt::Header,
            resume: None,
            wait: false,
            max_size: Size::from_bytes(8 << 30),
            digest_from: DigestFrom::Receiver,
            confirm_by: ConfirmBy::Word,
            quiet: None,
            accept: true,
            content: None,
            unframed: false,
            escape: false,
            commands: commands.into_iter().map(|say| Command::Say(say.to_owned())).collect(),
            start: None,
            cd_answer: CdAnswer::Place,
            slash: true,
            tree: texts(&["a.txt", "empty/", "name with spaces/", "name with spaces/b.txt"]),
            keys: Keys::default(),
            texts: Texts::default(),
            bare_digest: false,
            answer: Answers::Json,
            go_ahead: None,
            claim: None,
            fault: Fault::None,
            break_after: None,
        }
    }
}

/// The smallest and the largest chunk.
const CHUNKS: [Size; 2] = [Size::from_bytes(1_500), Size::from_bytes(1 << 20)];

/// The largest file that is filled with bytes: it is made at once, before the round.
const LARGEST_MADE: u64 = 1 << 30;

/// The longest content of a small upload.
pub(crate) const LARGEST_SMALL: u64 = 16 << 20;

impl Config {
    /// Refuses what does not go together; fills in what follows from the conversation.
    pub fn check(mut self) -> Result<Self> {
        let small = self.r#do == Do::SmallUpload;
        let offer = self.r#do == Do::Offer;
        let usual = if offer { Algorithm::Md5 } else { Algorithm::Blake3 };
        self.digest.get_or_insert(usual);
        let transfers = matches!(self.r#do, Do::Upload | Do::Download | Do::Offer);
        let chunk = self.chunk.within(CHUNKS[0], CHUNKS[1]);
        chunk.map_err(|wrong| Error::at("/chunk", wrong))?;
        if !self.file.sparse && self.file.size.bytes() > LARGEST_MADE {
            return Err(Error::at(
                "/file/size",
                "a file over 1 GiB is not filled with bytes: set `sparse = true`, or name one as \
                 `source` (the server's: `root`)",
            ));
        }
        if small && self.content.is_none() && self.file.size.bytes() > LARGEST_SMALL {
            return Err(Error::at("/file/size", "the content of one message has at most 16 MiB"));
        }
        if self.resume.is_some() && (offer || !transfers) {
            return Err(Error::at("/resume", "only `upload` and `download` can be taken up again"));
        }
        if self.resume.is_some() && self.digest_at == DigestAt::Trailer {
            return Err(Error::at("/digest-at", "`resume` needs the digest in the header"));
        }
        if self.digest_at == DigestAt::Trailer && (offer || !transfers) {
            return Err(Error::at("/digest-at", "only `upload` and `download` have a header"));
        }
        if offer && self.digest == Some(Algorithm::None) {
            return Err(Error::at("/digest", "an offer ends with a digest: it needs one"));
        }
        if self.break_after.is_some() && self.r#do != Do::Upload {
            return Err(Error::at("/break-after", "only uploads are broken off on purpose"));
        }
        self.check_dialect()?;
        if self.r#do == Do::Browse && self.commands.is_empty() {
            return Err(Error::at("/commands", "browsing needs a command at least"));
        }
        for (index, path) in self.tree.iter().enumerate() {
            let path = path.strip_suffix('/').unwrap_or(path);
            if path.split('/').any(|part| crate::name::check(part).is_err()) {
                let why = "a path within the root, like `docs/a.txt`; directories end with `/`";
                return Err(Error::at(format!("/tree/{index}"), why));
            }
        }
        Ok(self)
    }

    /// Refuses words and answers that do not go together.
    fn check_dialect(&self) -> Result<()> {
        let upload = self.r#do == Do::Upload;
        let of_browsing = [
            ("/start", self.start.is_some()),
            ("/cd-answer", self.cd_answer != CdAnswer::Place),
            ("/slash", !self.slash),
        ];
        if let Some((key, _)) = of_browsing.into_iter().find(|(_, given)| *given)
            && self.r#do != Do::Browse
        {
            return Err(Error::at(key, "only browsing (`do = \"browse\"`) has this"));
        }
        if self.start.as_ref().is_some_and(|start| !start.say().starts_with('/')) {
            return Err(Error::at("/start", "the directory to begin in is absolute, like `/`"));
        }
        let of_offers = [
            ("/digest-from", self.digest_from != DigestFrom::Receiver),
            ("/confirm-by", self.confirm_by != ConfirmBy::Word),
            ("/quiet", self.quiet.is_some()),
        ];
        if let Some((key, _)) = of_offers.into_iter().find(|(_, given)| *given)
            && self.r#do != Do::Offer
        {
            return Err(Error::at(key, "only an offer (`do = \"offer\"`) has this"));
        }
        if self.answer != Answers::Json && !upload && self.r#do != Do::SmallUpload {
            return Err(Error::at("/answer", "only uploads are answered in more than one way"));
        }
        if self.answer != Answers::Json && self.resume.is_some() {
            return Err(Error::at("/answer", "`resume` needs the answers in JSON"));
        }
        if self.unframed && self.r#do != Do::SmallUpload {
            let why = "only small uploads are told apart without a framing";
            return Err(Error::at("/unframed", why));
        }
        if self.go_ahead.is_some() && !upload {
            return Err(Error::at("/go-ahead", "only `upload` waits for a go-ahead"));
        }
        if self.go_ahead.is_some() && (self.resume.is_some() || self.wait) {
            let why = "a plain word has no offset: leave `resume` and `wait` out";
            return Err(Error::at("/go-ahead", why));
        }
        if self.go_ahead.as_ref().is_some_and(|text| text.trim().is_empty()) {
            return Err(Error::at("/go-ahead", "a go-ahead is a word at least"));
        }
        if self.texts.put == self.texts.get {
            return Err(Error::at("/texts/get", "the two operations need words of their own"));
        }
        Ok(())
    }
}
