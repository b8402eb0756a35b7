"""What makes a line of the log the next one. Each line is checked once, against the state that all before it left."""

from pydantic import ValidationError

from publisher.errors import ReleaseError
from publisher.release.edition.records import encode_line, sha256
from publisher.release.people.register import SERVICE, Register
from publisher.release.people.signing import verifies
from publisher.release.transparency.checkpoint import Checkpoint, read_checkpoint
from publisher.release.transparency.entry import SIGNED_BY, START, Entry, RegisterBody, leaf_bytes
from publisher.release.transparency.facts import Leaf
from publisher.release.transparency.merkle import leaf_hash
from publisher.release.transparency.succession import judges, register_problem
from publisher.release.transparency.tree import Tree


def origin_of(first: Leaf) -> str:
    """What a log is called in checkpoints: fixed by the public part of its first register version."""
    return f"trade-publisher/log/{sha256(leaf_bytes(first))}"


_EVENT_OF = {
    "register": "register",
    "approval": "approved",
    "opened": "opened",
    "pack": "pack",
    "withdrawal": "withdrawn",
}  # by a body's kind


def _content_problem(entry: Entry) -> str:
    """Who may sign a line is asked by its event, so nothing of another event may stand in it."""
    if entry.body is not None and _EVENT_OF[entry.body.kind] != entry.event:
        return "holds what belongs to another event"
    if entry.public is not None and entry.public.fact.event != entry.event:
        return "tells the public of another event"
    return ""


class Reading:
    """A log as far as it was checked. `leaves` and `whole` are the trees over its public parts and its lines."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.data = bytearray()  # of `lines`; grows in place, as a log of ten thousand lines is read line by line
        self.lines: list[bytes] = []
        self.entries: list[Entry] = []
        self.register = Register()
        self.origin = ""
        self.leaves, self.whole = Tree(), Tree()

    @property
    def previous(self) -> str:
        """SHA-256 of the last line."""
        return sha256(self.lines[-1]) if self.lines else START

    def add(self, line: bytes) -> None:
        """Takes one line with its newline. Raises ReleaseError naming it where it does not follow."""
        number = len(self.lines) + 1
        try:
            entry = Entry.model_validate_json(line)
            problem = self.problem_of(entry, line)
        except (ValidationError, ValueError, ReleaseError):
            problem = "is no entry"
        if problem:
            raise ReleaseError(
                f"the log is damaged: line {number} {problem}.",
                place=self.place,
                remedy="Nothing is released on a damaged log. Restore the file from a backup.",
            )
        self._take(entry, line)

    def problem_of(self, entry: Entry, line: bytes) -> str:
        """Why an entry, spelled as `line`, is not the next one; or ''."""
        if entry.number != len(self.lines) + 1:
            return f"says that it is number {entry.number}; lines are missing or moved"
        if entry.previous != self.previous:
            return "does not follow from the line before"
        if entry.hash != entry.whole_hash or encode_line(entry) != line:
            return "was changed"
        return (
            _content_problem(entry)
            or self._signature_problem(entry)
            or (register_problem(self.register, entry) if entry.event == "register" else "")
            or self._leaf_problem(entry)
        )

    def checkpoint_with(self, leaf: Leaf) -> Checkpoint:
        """The public tree's head once this leaf is in it."""
        grown = self.leaves.copy()
        grown.add(leaf_hash(leaf_bytes(leaf)))
        return Checkpoint(self.origin or origin_of(leaf), grown.size, grown.root)

    def _signature_problem(self, entry: Entry) -> str:
        """Whether somebody signed who might, by the register of that moment. The first version signs for itself."""
        if entry.event == "refused":
            return "" if entry.signature is None and entry.public is None else "is a refusal that somebody signed"
        register = (
            judges(self.register, entry.body.version) if isinstance(entry.body, RegisterBody) else self.register
        )
        signature = entry.signature
        person = register.of_key(signature.key) if signature else None
        if signature is None or person is None or not person.may(*SIGNED_BY[entry.event]):
            return f"is signed by nobody who may sign for '{entry.event}'"
        if entry.who not in ("", person.name):
            return "names another person than the one who signed it"
        return "" if verifies(person.key, signature, entry.signed_bytes) else "has a signature that does not hold"

    def _leaf_problem(self, entry: Entry) -> str:
        """Whether the public part is the next leaf and the checkpoint the one over the tree with it."""
        if entry.public is None:
            return "has a checkpoint and no public part" if entry.checkpoint else ""
        register = entry.body.version if isinstance(entry.body, RegisterBody) else self.register
        service = register.named(SERVICE)
        if service is None or entry.public.number != self.leaves.size or entry.public.time != entry.time:
            return "has a public part that does not fit"
        if read_checkpoint(entry.checkpoint.encode(), service.key) != self.checkpoint_with(entry.public):
            return "has a checkpoint over another tree"
        return ""

    def _take(self, entry: Entry, line: bytes) -> None:
        self.data += line
        self.lines.append(line)
        self.entries.append(entry)
        self.whole.add(leaf_hash(line[:-1]))
        if isinstance(entry.body, RegisterBody):
            self.register = entry.body.version
        if entry.public is not None:
            self.origin = self.origin or origin_of(entry.public)
            self.leaves.add(leaf_hash(leaf_bytes(entry.public)))
