package tensorboard

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// The format of an event file: records as TensorFlow's record_writer.h frames
// them, each a protocol buffer Event of event.proto. Field numbers are those of
// tensorboard/compat/proto/event.proto and summary.proto.
const (
	eventWallTime    = 1 // double, seconds since 1970
	eventStep        = 2 // int64
	eventFileVersion = 3 // string
	eventSummary     = 5 // Summary

	summaryValue = 1 // repeated Value

	valueTag    = 1 // string
	valueSimple = 2 // float
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum of a record: CRC-32C, rotated and shifted so that a
// checksum of data that hold checksums stays a good one.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// record appends a framed record: length, its checksum, data, their checksum, all
// little endian.
func record(file, data []byte) []byte {
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	file = append(file, length...)
	file = binary.LittleEndian.AppendUint32(file, masked(length))
	file = append(file, data...)
	return binary.LittleEndian.AppendUint32(file, masked(data))
}

// appendBytes appends a field of type string, or a message within a message.
func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
}

// event is an Event that has its time and nothing else yet.
func event(at time.Time) []byte {
	b := protowire.AppendTag(nil, eventWallTime, protowire.Fixed64Type)
	return protowire.AppendFixed64(b, math.Float64bits(float64(at.UnixNano())/1e9))
}

// versionEvent is the first event of a file.
func versionEvent(at time.Time) []byte {
	return appendBytes(event(at), eventFileVersion, []byte("brain.Event:2"))
}

// summaryEvent holds the scalars of one step.
func summaryEvent(at time.Time, step int64, values []byte) []byte {
	b := protowire.AppendTag(event(at), eventStep, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(step))
	return appendBytes(b, eventSummary, values)
}

// scalar is one value of a Summary, with its field key.
func scalar(tag string, v float32) []byte {
	b := appendBytes(nil, valueTag, []byte(tag))
	b = protowire.AppendTag(b, valueSimple, protowire.Fixed32Type)
	b = protowire.AppendFixed32(b, math.Float32bits(v))
	return appendBytes(nil, summaryValue, b)
}
