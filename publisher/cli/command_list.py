"""What `publisher --help` says of each command: as its own help begins. To list them none is imported."""

SAYS = {
    "demo": "Make a demo workspace: synthetic declarations, two published editions, the site on 127.0.0.1.",
    "init": "Make a workspace: the packaged queries, the monthly plan and a settings file to edit.",
    "synth": "Make synthetic declarations that look like trade: heavy tails, seasons, holdings, licences.",
    "ingest": "Take declarations into the store. Each file is one batch: all its good rows, or nothing.",
    "build": "Build an edition: aggregate, protect, write, audit, sign. Nobody outside can see it yet.",
    "audit": "Attack an edition as it lies there, together with all that was published before.",
    "review": (
        "Show what an approver should know: headlines, movements, revisions, costs, questions, and the "
        "digest to sign."
    ),
    "preview": "Look at an unpublished edition as readers will see it, on 127.0.0.1 only, with an EMBARGOED banner.",
    "approve": "Sign for an edition that you reviewed, as a second person: not the one who built it.",
    "publish": "Show approved editions to everyone, all in one step, once their time has come.",
    "hold": "Hold an edition back: its approvals count no more, it must be approved anew.",
    "revise": "Ask for a further release of a published period. Nothing of it is public before it comes out.",
    "withdraw": "Withdraw a published edition: its pages say so for ever, its data leave the site at once.",
    "status": "What is to come and what stands before it, what lies here, and the privacy budget that is left.",
    "due": "Do what is to be done now: publish what is due, tell of delays, give packs, remind, build, announce.",
    "run": "Do what 'due' does, each thing at its second, until it is stopped.",
    "install-timer": (
        "Write systemd units that run 'publisher due' each minute, or 'publisher run' for ever. Enables nothing."
    ),
    "data-in": "Say that the data of a period are complete. Where the plan lets the service build, it begins.",
    "pack": "Encrypt an approved edition for those who have it before everyone, each for their own key.",
    "clock": "Say that the machine's clock had been wrong and is right now. It sets no clock.",
    "words": "Write words/LANGUAGE.po: your own texts that have no translation yet, each with an empty place for it.",
    "verify": "Check what is published: log, signatures, approvals, every byte. Needs nothing but the log key.",
    "serve": "Serve the built site on 127.0.0.1, with the headers a real server should send.",
    "store": "The confidential store: one encrypted file.",
    "query": "The predefined queries: one file, one published table.",
    "plan": "The release plans.",
    "access": "Who has editions before everyone.",
    "person": "Who may prepare, approve, publish and administer.",
    "ledger": "The privacy ledger: what was spent, on what, and what is left.",
    "log": "The log of everything that was announced, approved and published.",
}
