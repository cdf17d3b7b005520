package onnx

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// elementBytes is the size of an element of a tensor, by its type
// (TensorProto.DataType), where an element is one number of whole bytes.
var elementBytes = map[protoreflect.EnumNumber]float64{typeFloat: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, typeInt64: 8, 9: 1, 10: 2, typeDouble: 8, 12: 4, 13: 8, 16: 2, 17: 1, 18: 1, 19: 1, 20: 1}

// mostPerItem bounds how many elements of other types, down to two bits, a byte or an
// item of a list holds.
const mostPerItem = 8

// lists are the fields of a tensor that hold its elements one by one.
var lists = []protoreflect.Name{"float_data", "int32_data", "string_data", "int64_data", "double_data", "uint64_data"}

// checkTensors refuses a tensor, anywhere in a message, whose dimensions promise
// another number of elements than there are: memory is asked for by the dimensions.
func checkTensors(m protoreflect.Message) (err error) {
	if m.Descriptor().Name() == "TensorProto" {
		return checkTensor(m)
	}
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case field.Message() == nil || field.IsMap():
		case field.IsList():
			for i := 0; i < v.List().Len() && err == nil; i++ {
				err = checkTensors(v.List().Get(i).Message())
			}
		default:
			err = checkTensors(v.Message())
		}
		return err == nil
	})
	return err
}

func checkTensor(m protoreflect.Message) error {
	get := func(name protoreflect.Name) protoreflect.Value { return m.Get(m.Descriptor().Fields().ByName(name)) }
	elements := 1.0
	dims := get("dims").List()
	for i := range dims.Len() {
		d := dims.Get(i).Int()
		if d < 0 {
			return fmt.Errorf("its tensor %q has a dimension of %d; export it again", get("name").String(), d)
		}
		elements *= float64(d)
	}
	raw, there := float64(len(get("raw_data").Bytes())), 0.0
	for _, name := range lists {
		there += float64(get(name).List().Len())
	}
	each, exact := elementBytes[protoreflect.EnumNumber(get("data_type").Int())]
	if exact {
		there += raw / each
	} else {
		there = mostPerItem * (there + raw)
	}
	if elements > there || exact && elements < there {
		return fmt.Errorf("its tensor %q is of %.15g values, but the file holds %.15g; it is damaged, so export it again", get("name").String(), elements, there)
	}
	return nil
}
