package datasets

import (
	"maps"
	"slices"
)

// madeSets are those that are part of this program or drawn by it, see made.
func madeSets() []Info {
	return []Info{
		{
			Name: "fashion-mnist-sample", Title: "5,000 and 1,000 images of Fashion-MNIST, classes balanced, part of this program",
			License: "MIT, Copyright 2017 Zalando SE", Source: "https://github.com/zalandoresearch/fashion-mnist", Cite: "Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747",
			Shape: gray28, Classes: fashionClasses, Train: 5000, Test: 1000, Files: sampleFiles,
		},
		{
			Name: "words", Title: "names of regions and languages in twelve languages, those of several by lot, part of this program",
			License: "Unicode License (Unicode-DFS-2016), Copyright 1991-2017 Unicode, Inc.", Source: "https://cldr.unicode.org", Cite: "Unicode Common Locale Data Repository 32, 2017",
			Shape: Shape{Height: wordsLongest, Width: 1, Channels: 1, Kind: Tokens, Vocabulary: wordsCharacters + 2}, Classes: slices.Sorted(maps.Values(tongues)), Train: 5558, Test: 1000, Files: wordsFiles,
		},
		{
			Name: "cbf", Title: "cylinder, bell and funnel, series drawn by the seed, classes balanced",
			License: "none needed: it is drawn by this program", Source: "https://www.timeseriesclassification.com/description.php?Dataset=CBF", Cite: "Saito 1994, Local feature extraction and its applications using a library of bases, Yale University",
			Shape: Shape{Height: cbfSteps, Width: 1, Channels: 1, Kind: Series}, Classes: cbfClasses, Train: 2000, Test: 1000,
		},
		{
			Name: "adult-sample", Title: "5,000 and 1,000 rows of Adult, numbers and categories, part of this program",
			License: adultLicense, Source: adultSource, Cite: adultCite,
			Shape: Shape{Height: 1, Width: 1, Channels: 107}, Classes: adultClasses, Train: 5000, Test: 1000, Files: adultFiles,
		},
	}
}

// otherSets are tables, series and texts that are distributed as files.
func otherSets() []Info {
	return []Info{
		{
			Name: "adult", Title: "Adult, people of the census of 1994 and who of them earns over 50,000 dollars a year",
			License: adultLicense, Source: adultSource, Cite: adultCite,
			Shape: Shape{Height: 1, Width: 1, Channels: 108}, Classes: adultClasses, Train: 32561, Test: 16281,
			Files: []File{
				{"adult.data", 3974305, "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d", "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"},
				{"adult.test", 2003153, "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05", "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05"},
			},
			Mirrors: []string{"https://archive.ics.uci.edu/ml/machine-learning-databases/adult/"},
		},
		{
			Name: "ag-news", Title: "AG News, titles and descriptions of articles, words as tokens",
			License: "none stated; AG's corpus of news articles, its source, is given for research and any other non-commercial activity", Source: "http://groups.di.unipi.it/~gulli/AG_corpus_of_news_articles.html", Cite: "Zhang, Zhao, LeCun 2015, arXiv 1509.01626",
			Shape: Shape{Height: usualLength, Width: 1, Channels: 1, Kind: Tokens, Vocabulary: usualVocabulary}, Classes: []string{"World", "Sports", "Business", "Sci/Tech"}, balanced: true, Train: 120000, Test: 7600,
			Files: []File{{"ag_news_csv.tar.gz", 11784327, "4e2fc37d369e6e317a8b62d0d2f11d379f8c3dde60c07c35a46b069a246498ad", ""}},
			// As TensorFlow Datasets has the address; the name at its end has no effect there.
			Mirrors: []string{"https://drive.google.com/uc?export=download&id=0Bz8a_Dbh9QhbUDNpeUdjb0wxRms&name="},
		},
		{
			Name: "uci-har", Title: "UCI HAR, movements of people who carry a smartphone; the 30 people are groups",
			License: "CC BY 4.0 by the UCI Machine Learning Repository; the README in it forbids commercial use", Source: "https://archive.ics.uci.edu/dataset/240/human+activity+recognition+using+smartphones", Cite: "Anguita, Ghio, Oneto, Parra, Reyes-Ortiz 2013, ESANN; doi 10.24432/C54S4K",
			Shape: Shape{Height: harSteps, Width: 1, Channels: len(harChannels), Kind: Series}, Classes: []string{"walking", "walking upstairs", "walking downstairs", "sitting", "standing", "laying"}, Train: 7352, Test: 2947,
			Files:   []File{{"human+activity+recognition+using+smartphones.zip", 61005872, "c00b803081a5c797cd5e4b83700a9810b38d53d9d84e01917e090e1fdbc81031", ""}},
			Mirrors: []string{"https://archive.ics.uci.edu/static/public/240/"},
		},
	}
}

const (
	adultLicense = "CC BY 4.0, Barry Becker and Ronny Kohavi, UCI Machine Learning Repository"
	adultSource  = "https://archive.ics.uci.edu/dataset/2/adult"
	adultCite    = "Becker, Kohavi 1996, Adult, UCI Machine Learning Repository, doi 10.24432/C5XW20"
)

var adultClasses = []string{"<=50K", ">50K"}
