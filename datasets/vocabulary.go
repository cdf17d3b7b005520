package datasets

// newVocabulary numbers tokens: 0 stands for padding, 1 for what is hidden or not known,
// and from 2 on are the words in their order. space is what stands between two of a text.
func newVocabulary(words []string, space string) *Vocabulary {
	return &Vocabulary{Words: append([]string{"<pad>", "<mask>"}, words...), Space: space, Pad: 0, Mask: 1}
}

// tokenRows encodes texts, each cut into tokens, as rows of Set.X: the numbers of the
// tokens at the places of the shape, zeros after them, and how many there are. Texts of
// more tokens are cropped; tokens that the vocabulary lacks become its mask.
func tokenRows(shape Shape, v *Vocabulary, texts [][]string) []float32 {
	number := make(map[string]float32, len(v.Words))
	for k, word := range v.Words {
		number[word] = float32(k)
	}
	x := make([]float32, len(texts)*shape.RowSize())
	for i, tokens := range texts {
		row := x[i*shape.RowSize() : (i+1)*shape.RowSize()]
		tokens = tokens[:min(len(tokens), shape.Height)]
		for j, token := range tokens {
			n, known := number[token]
			if !known {
				n = float32(v.Mask)
			}
			row[j] = n
		}
		row[shape.Size()] = float32(len(tokens))
	}
	return x
}
