package rule

import (
	"encoding"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Rows is the table of rows: the numbers of result.Row by their names in JSON, and the
// differences to references, as "learning - twin". The headline is said by the caller.
func Rows(headline func(left, all []result.Row, named bool) ([]result.Row, error)) Table[result.Row] {
	t := Table[result.Row]{Numbers: NumbersOf[result.Row](), Row: func(r result.Row) result.Row { return r }, Headline: headline}
	for _, reference := range []features.Role{features.Untrained, features.Input, features.Twin} {
		t.Numbers["learning - "+string(reference)] = toReference(reference, func(d result.Difference) float64 { return d.Learning })
		t.Numbers["memorization_own - "+string(reference)] = toReference(reference, func(d result.Difference) float64 { return d.Own })
	}
	return t
}

// toReference is the difference of a row to a reference of its run.
func toReference(reference features.Role, of func(result.Difference) float64) func(result.Row) *float64 {
	return func(r result.Row) *float64 {
		for _, d := range r.Differences {
			if d.Reference == reference {
				v := of(d)
				return &v
			}
		}
		return nil
	}
}

// NumbersOf are the numbers of a struct by their names in JSON, those of a struct
// within it after its name and a dot. What JSON leaves out or calls null is nil; lists
// and words are no numbers.
func NumbersOf[T any]() map[string]func(T) *float64 {
	all := map[string]func(T) *float64{}
	walk(reflect.TypeFor[T](), "", nil, func(name string, path []int, omitted bool) {
		all[name] = func(record T) *float64 { return numberAt(reflect.ValueOf(record), path, omitted) }
	})
	return all
}

// walk finds the numbers of a struct: their names, the places of the fields that lead
// to them, and whether JSON leaves them out where they are 0.
func walk(t reflect.Type, before string, path []int, found func(name string, path []int, omitted bool)) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		typ, at := f.Type, append(slices.Clone(path), i)
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		switch {
		case typ.Implements(reflect.TypeFor[encoding.TextMarshaler]()): // a word
		case typ.Kind() == reflect.Struct && f.Anonymous:
			walk(typ, before, at, found)
		case name == "" || !f.IsExported():
		case typ.Kind() == reflect.Struct:
			walk(typ, before+name+".", at, found)
		case typ.Kind() == reflect.Float64, typ.Kind() == reflect.Int, typ.Kind() == reflect.Uint64:
			found(before+name, at, options == "omitempty")
		}
	}
}

// numberAt is the number at the end of a path of fields.
func numberAt(v reflect.Value, path []int, omitted bool) *float64 {
	for _, i := range path {
		if v = v.Field(i); v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return nil
			}
			v, omitted = v.Elem(), false
		}
	}
	if omitted && v.IsZero() {
		return nil
	}
	var number float64
	switch {
	case v.CanInt():
		number = float64(v.Int())
	case v.CanUint():
		number = float64(v.Uint())
	default:
		number = v.Float()
	}
	return &number
}
