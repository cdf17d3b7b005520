package show

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// send shows one output in the cell: rich, with the plain text for viewers that
// have nothing better, and for a terminal.
func send(kind protocol.MIMEType, rich any, plain string) error {
	if !gonbui.IsNotebook {
		_, err := fmt.Println(plain)
		return err
	}
	gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{kind: rich, protocol.MIMETextPlain: plain}})
	gonbui.Sync()
	return gonbui.Error()
}

// sendPicture shows a picture; plain says in words what it shows.
func sendPicture(m image.Image, plain string) error {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m); err != nil {
		return err
	}
	return send(protocol.MIMEImagePNG, b.Bytes(), plain)
}
