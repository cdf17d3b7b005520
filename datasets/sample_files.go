package datasets

// sampleFiles are the embedded files, as internal/sample wrote and printed them.
var sampleFiles = []File{
	{Name: "train-images-idx3-ubyte.gz", Size: 2191377, SHA256: "6c8908a06a1a288947040073289b92f651668531fabb565de3b7e2a27d0d173d", Content: "4558c9ac5a7ae31864a06a75989f8b26ab7ab07d985b60ea5561cad78f5a4979"},
	{Name: "train-labels-idx1-ubyte.gz", Size: 2354, SHA256: "936a2fbbad777c82762f1072b0bb28e82d640a110fffdf72604889ada320cf0c", Content: "f413621417fa6287b55e2489ac0e76d41b116ea32ee04e214758d641a8bf1bc0"},
	{Name: "t10k-images-idx3-ubyte.gz", Size: 444220, SHA256: "a7f47b726f49c87a556eb67699a453805e3038e020415cee1f476f555c82711e", Content: "656293639d871cbc06e4d25b9a8c8515967a7670907a3498f113a2a1d4f7e782"},
	{Name: "t10k-labels-idx1-ubyte.gz", Size: 488, SHA256: "4b46fad404050fddb515fca3ccf879c04d0900d14eb25a421585353d8eb001a9", Content: "6aa90e0b7878ef6d958c0e0d2f021b4bac3985e3a88063b64e72aaa941ef7dc6"},
}
