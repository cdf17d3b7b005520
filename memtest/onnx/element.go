package onnx

import "fmt"

// Types of elements that are told apart (TensorProto.DataType).
const (
	typeFloat  = 1
	typeString = 8
	typeBool   = 9
	typeHalf   = 10
	typeDouble = 11
	typeBrain  = 16
)

// elementNames are the types of elements by their number in onnx.proto.
var elementNames = map[int]string{
	typeFloat: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", typeString: "string",
	typeBool: "bool", typeHalf: "float16", typeDouble: "float64", 12: "uint32", 13: "uint64", typeBrain: "bfloat16",
}

func elementName(element int) string {
	if name := elementNames[element]; name != "" {
		return name
	}
	return fmt.Sprintf("of type %d of ONNX", element)
}

// floating says whether values of a type need not be whole numbers.
func floating(element int) bool {
	switch element {
	case typeFloat, typeHalf, typeDouble, typeBrain:
		return true
	}
	return false
}

// tensor is a dense array of float32, or another one, of which only type and
// dimensions are known.
type tensor struct {
	element int
	dims    []int
	data    []float32
}
