package main

import "unsafe"

// The ABI: memory of this module, by place and length.

//go:wasmimport lds_v1 input_read
func inputRead(offset uint32, to unsafe.Pointer, length uint32) uint32

//go:wasmimport lds_v1 output_write
func outputWrite(from unsafe.Pointer, length uint32) int32

//go:wasmexport lds_abi
func ldsABI() uint32 { return 0x10000 }

//go:wasmexport lds_call
func ldsCall(op uint32, length uint32) int32 {
	input := make([]byte, length)
	if length > 0 {
		input = input[:inputRead(0, unsafe.Pointer(&input[0]), length)]
	}
	status, output := call(op, input)
	if len(output) > 0 {
		outputWrite(unsafe.Pointer(&output[0]), uint32(len(output)))
	}
	return status
}

func main() {}
