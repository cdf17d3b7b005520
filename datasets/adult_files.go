package datasets

// adultFiles are the embedded files, as internal/adult wrote and printed them.
var adultFiles = []File{
	{Name: "adult.data.gz", Size: 62998, SHA256: "1a2fcb41fcb8c3bdf455b260a1fb1596403b22ad78784172661d9640b1dcc1ac", Content: "a5641d568dd4613ba5989162f21c7828ddbb37d805cb999100c805862c061f32"},
	{Name: "adult.test.gz", Size: 13421, SHA256: "24c66f2d2ae96ccbd6481dabd181960d89cb675da64279b4663a8b4a3f400671", Content: "fe4d9d36b8a017d6c0ce8284445982796dc1e0539caaf238e182a7fd6946cd8a"},
}
