"""How well a language is told from a name: the figures that docs quote of the set words.

A multinomial logistic regression (scikit-learn, L2 penalty of C = 1) on how often each
sequence of 1 to 3 characters occurs, the ends of a name marked by spaces, is fitted to
5,558 names drawn at random and asked about the other 1,000; names of several languages
have one of them by lot, as in the set. Five draws, which are not those of the set.

    python words_regression.py ../words/names.txt

printed with scikit-learn 1.9.1 and numpy 2.4.6:

    draw 0: of one language 0.765 (816), of several 0.201 (184)
    draw 1: of one language 0.757 (828), of several 0.209 (172)
    draw 2: of one language 0.769 (811), of several 0.159 (189)
    draw 3: of one language 0.775 (808), of several 0.167 (192)
    draw 4: of one language 0.788 (817), of several 0.208 (183)
    all: of one language 0.771, of several 0.188
    of several by who knows all languages of each name: 0.315
"""

import sys

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

names, languages = [], []
for line in open(sys.argv[1], encoding="utf-8"):
    name, codes = line.rstrip("\n").split("\t")
    names.append(f" {name} ")
    languages.append(codes.split(","))
names, several = np.array(names), np.array([len(c) > 1 for c in languages])

right = {False: [], True: []}
for draw in range(5):
    rng = np.random.default_rng(draw)
    labels = np.array([c[rng.integers(len(c))] for c in languages])
    order = rng.permutation(len(names))
    test, train = order[:1000], order[1000:]
    grams = CountVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False)
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit(grams.fit_transform(names[train]), labels[train])
    hit = model.predict(grams.transform(names[test])) == labels[test]
    for kind in right:
        right[kind].append(hit[several[test] == kind])
    print(f"draw {draw}: of one language {right[False][-1].mean():.3f} ({len(right[False][-1])}), of several {right[True][-1].mean():.3f} ({len(right[True][-1])})")
one, many = (np.concatenate(right[kind]) for kind in (False, True))
print(f"all: of one language {one.mean():.3f}, of several {many.mean():.3f}")
print(f"of several by who knows all languages of each name: {np.mean([1 / len(c) for c in languages if len(c) > 1]):.3f}")
