/**
 * The part of the ONNX format (protocol buffers, github.com/onnx/onnx/blob/main/onnx/onnx.proto) that a graph over
 * weights in a file of their own needs. A message is its bytes; the numbers are those of the format.
 */
export type Message = Uint8Array

const wireOf = { varint: 0, bytes: 2, fixed32: 5 } as const

const key = (field: number, wire: keyof typeof wireOf): Message => varint(field * 8 + wireOf[wire])

/** Seven bits a byte, the lowest first; negative numbers as their 64-bit complement. */
function varint(value: number | bigint): Message {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Uint8Array.of(...bytes, Number(rest))
}

const int = (field: number, value: number): Message => Buffer.concat([key(field, 'varint'), varint(value)])
const bytes = (field: number, value: Uint8Array): Message =>
  Buffer.concat([key(field, 'bytes'), varint(value.length), value])
const text = (field: number, value: string): Message => bytes(field, Buffer.from(value))
const message = (field: number, parts: readonly Message[]): Message => bytes(field, Buffer.concat(parts))

function float(field: number, value: number): Message {
  const four = Buffer.alloc(4)
  four.writeFloatLE(value)
  return Buffer.concat([key(field, 'fixed32'), four])
}

/** Element types, `TensorProto.DataType`. */
export const elementType = { float: 1, int64: 7 } as const
type ElementType = keyof typeof elementType

const dimensions = (shape: readonly number[]): Message[] => shape.map((size) => int(1, size))

/** Where raw little-endian values stand in a file beside the model. */
export type Place = { location: string; offset: number; length: number }

/** A tensor of floats whose values stay in a file (`TensorProto.data_location = EXTERNAL`). */
export function externalTensor(name: string, shape: readonly number[], place: Place): Message {
  const entry = ([entryKey, value]: [string, string | number]) =>
    message(13, [text(1, entryKey), text(2, String(value))])
  return Buffer.concat([
    ...dimensions(shape), int(2, elementType.float), text(8, name), ...Object.entries(place).map(entry), int(14, 1),
  ]) // prettier-ignore
}

/** A list of integers as a tensor. */
export function intsTensor(name: string, values: readonly number[]): Message {
  const raw = Buffer.from(BigInt64Array.from(values, BigInt).buffer)
  return Buffer.concat([...dimensions([values.length]), int(2, elementType.int64), text(8, name), bytes(9, raw)])
}

/** One float as a tensor without dimensions. */
export function floatTensor(name: string, value: number): Message {
  const raw = Buffer.from(Float32Array.of(value).buffer)
  return Buffer.concat([int(2, elementType.float), text(8, name), bytes(9, raw)])
}

/** An attribute of a node: a list is integers; `float` marks what must not be read as an integer. */
export type Attribute = number | readonly number[] | { float: number }

/** `AttributeProto`, with its type: FLOAT = 1, INT = 2, INTS = 7. */
function attribute([name, value]: [string, Attribute]): Message {
  if (typeof value === 'number') return message(5, [text(1, name), int(3, value), int(20, 2)])
  if ('float' in value) return message(5, [text(1, name), float(2, value.float), int(20, 1)])
  return message(5, [text(1, name), ...value.map((item) => int(8, item)), int(20, 7)])
}

/** One operation: what it reads, the one thing it writes. */
export function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Message {
  return Buffer.concat([
    ...inputs.map((input) => text(1, input)), text(2, output), text(3, output), text(4, operator),
    ...Object.entries(attributes).map(attribute),
  ]) // prettier-ignore
}

/** An input or output of the graph; a dimension that varies has a name. */
export function variable(name: string, type: ElementType, shape: readonly (string | number)[]): Message {
  const sizes = shape.map((size) => message(1, [typeof size === 'number' ? int(1, size) : text(2, size)]))
  return Buffer.concat([text(1, name), message(2, [message(1, [int(1, elementType[type]), message(2, sizes)])])])
}

export type Graph = { name: string; nodes: Message[]; constants: Message[]; inputs: Message[]; outputs: Message[] }

/** The whole file: IR version 9 and operator set 20, which runtimes since the end of 2023 read. */
export function model({ name, nodes, constants, inputs, outputs }: Graph): Uint8Array {
  const graph = [
    ...nodes.map((part) => bytes(1, part)), text(2, name), ...constants.map((part) => bytes(5, part)),
    ...inputs.map((part) => bytes(11, part)), ...outputs.map((part) => bytes(12, part)),
  ] // prettier-ignore
  return Buffer.concat([int(1, 9), message(7, graph), message(8, [int(2, 20)])])
}
