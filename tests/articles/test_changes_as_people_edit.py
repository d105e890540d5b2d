"""The comparison of a scan with what is known, against a model of a source that people edit."""

from dataclasses import replace
from itertools import combinations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ownvoice.states import ArticleEvent, ArticleState, is_live, next_article_state
from stand_ins.scans import CHAIN, ON, ONCE, ONE, rescan, seen, settled, sha256

CONSENTS = st.sampled_from(["", "", "", "no"])


KEYS = st.sampled_from(["a.md", "b.md", "c.md", "d.md"])


TEXTS = st.sampled_from([ONE, ONCE, ON, "two"])


IDS = st.sampled_from([None, None, None, "x", "y"])


def is_near(this, that):
    return this.article_sha256 == that.article_sha256 or that.article_sha256 in CHAIN[this.article_sha256]


class SourceThatPeopleEdit(RuleBasedStateMachine):
    """People write, move, copy and delete files; nights find_changes, and some commits never happen."""

    def __init__(self):
        super().__init__()
        self.files = {}
        self.known = {}
        self.sides = {}

    @rule(key=KEYS, text=TEXTS, metadata_id=IDS, consent=CONSENTS)
    def write(self, key, text, metadata_id, consent):
        self.files[key] = (text, metadata_id, "a", consent)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), to=KEYS)
    def move(self, data, to):
        self.files[to] = self.files.pop(data.draw(st.sampled_from(sorted(self.files))))

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete(self, data):
        del self.files[data.draw(st.sampled_from(sorted(self.files)))]

    @rule(settles=st.booleans())
    def rescan(self, settles):
        articles = [seen(key, *file) for key, file in self.files.items()]
        self.known, _, refused = rescan(self.known, *articles, near=CHAIN)
        if settles:
            self.known = settled(self.known)
        self.check(set(self.files) - set(refused))

    @precondition(lambda self: any(a.state is ArticleState.CURRENT for a in self.known.values()))
    @rule(data=st.data(), settles=st.booleans())
    def retry(self, data, settles):
        current = sorted(i for i, a in self.known.items() if a.state is ArticleState.CURRENT)
        article = self.known[data.draw(st.sampled_from(current))]
        pending = replace(article, state=next_article_state(article.state, ArticleEvent.RETRIED))
        assert pending.state is ArticleState.PENDING
        self.known[article.article_id] = pending
        if settles:
            self.known = settled(self.known)
            assert self.known[article.article_id] == article, "asked about again and settled, it is what it was"

    def check(self, standing_keys):
        live = [a for a in self.known.values() if is_live(a.state)]
        assert sorted(a.source_key for a in live) == sorted(standing_keys), "each file is one live article"
        for article in live:
            assert article.source_tag == f"tag of {self.files[article.source_key][0]}"
        refused = {
            sha256(text) for key, (text, *_, consent) in self.files.items() if consent == "no" and key in standing_keys
        }
        for article in live:
            assert (article.state is ArticleState.CONSENT_REFUSED) == (article.article_sha256 in refused), (
                "to the letter"
            )
        generated = [a for a in live if a.state in (ArticleState.PENDING, ArticleState.CURRENT)]
        for this, that in combinations(generated, 2):
            assert not is_near(this, that), "of near-duplicates one is generated from"
        for article in live:
            holders = [a for a in live if a.state is not ArticleState.DUPLICATE and is_near(a, article)]
            clusters = {(a.cluster_key, a.split) for a in holders}
            assert (article.cluster_key, article.split) in clusters, "each lies on the side of one that is"

    @rule()
    def a_second_look_changes_nothing(self):
        articles = [seen(key, *file) for key, file in self.files.items()]
        self.known, _, _ = rescan(self.known, *articles, near=CHAIN)
        _, again, _ = rescan(self.known, *articles, near=CHAIN)
        assert again == {}

    @invariant()
    def a_cluster_never_changes_side(self):
        for article in self.known.values():
            assert self.sides.setdefault(article.cluster_key, article.split) == article.split


TestSourceThatPeopleEdit = SourceThatPeopleEdit.TestCase
TestSourceThatPeopleEdit.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
