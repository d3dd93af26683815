import {
  externalTensor,
  floatTensor,
  intsTensor,
  model,
  node,
  variable,
  type Attribute,
  type Message,
  type Place,
} from './onnx.ts'

/** Where a weight stands in the model's file. */
export type Weight = { shape: readonly number[]; place: Place }

const layers = 6
const heads = 12
const width = 384

type Layer = { prefix: string; name: string }

/**
 * all-MiniLM-L6-v2 as an ONNX graph of 25 KB: BERT with 6 layers of 12 heads (Devlin et al. 2019), the mean over the
 * tokens that are no padding, unit length. The weights stay where `weightOf` says, by their published names.
 * Inputs: int64 `input_ids` and `attention_mask` [batch, tokens]; output: float `embedding` [batch, 384].
 */
export function minilmGraph(weightOf: (name: string) => Weight): Uint8Array {
  const graph = builder(weightOf)
  graph.ints('heads_shape', [0, 0, heads, width / heads])
  graph.ints('flat_shape', [0, 0, width])
  for (const place of [0, 1, 2]) graph.ints(`at_${place}`, [place])
  graph.ints('at_1_2', [1, 2])
  graph.float('scale', 1 / Math.sqrt(width / heads))
  graph.float('far_below', -1e4)
  graph.float('one', 1)
  const mask = graph.node('Cast', ['attention_mask'], 'mask', { to: 1 })
  const padding = graph.node('Sub', ['one', graph.node('Unsqueeze', [mask, 'at_1_2'], 'mask_wide')], 'padding')
  const bias = graph.node('Mul', [padding, 'far_below'], 'bias')
  let state = embeddings(graph)
  for (let index = 0; index < layers; index += 1) state = layer(graph, index, state, bias)
  pooled(graph, state, mask)
  return graph.written()
}

type Builder = {
  weight: (name: string) => string
  ints: (name: string, values: readonly number[]) => void
  float: (name: string, value: number) => void
  node: (operator: string, inputs: readonly string[], output: string, attributes?: Record<string, Attribute>) => string
  written: () => Uint8Array
}

/** Collects the parts of the graph; what is added is known by the name that is returned. */
function builder(weightOf: (name: string) => Weight): Builder {
  const nodes: Message[] = []
  const constants: Message[] = []
  return {
    weight: (name) => {
      const { shape, place } = weightOf(name)
      constants.push(externalTensor(name, shape, place))
      return name
    },
    ints: (name, values) => void constants.push(intsTensor(name, values)),
    float: (name, given) => void constants.push(floatTensor(name, given)),
    node: (operator, inputs, output, attributes) => {
      nodes.push(node(operator, inputs, output, attributes))
      return output
    },
    written: () =>
      model({
        name: 'all-MiniLM-L6-v2',
        nodes,
        constants,
        inputs: ['input_ids', 'attention_mask'].map((name) => variable(name, 'int64', ['batch', 'tokens'])),
        outputs: [variable('embedding', 'float', ['batch', width])],
      }),
  }
}

/** Word, place and segment (always the first) of each token, added up. */
function embeddings(graph: Builder): string {
  const words = graph.node('Gather', [graph.weight('embeddings.word_embeddings.weight'), 'input_ids'], 'words')
  const tokens = graph.node('Gather', [graph.node('Shape', ['input_ids'], 'shape'), 'at_1'], 'tokens')
  const all = graph.weight('embeddings.position_embeddings.weight')
  const places = graph.node('Slice', [all, 'at_0', tokens, 'at_0'], 'places')
  const segments = graph.weight('embeddings.token_type_embeddings.weight')
  const segment = graph.node('Slice', [segments, 'at_0', 'at_1', 'at_0'], 'segment')
  const sum = graph.node('Add', [graph.node('Add', [words, places], 'words_placed'), segment], 'embedded')
  return normalised(graph, sum, 'embeddings.LayerNorm', 'layer_0')
}

function layer(graph: Builder, index: number, input: string, bias: string): string {
  const at: Layer = { prefix: `encoder.layer.${index}.`, name: `${index}_` }
  const attended = attention(graph, at, input, bias)
  const output = linear(graph, attended, `${at.prefix}attention.output.dense`, `${at.name}attended_out`)
  const first = graph.node('Add', [output, input], `${at.name}first_sum`)
  const between = normalised(graph, first, `${at.prefix}attention.output.LayerNorm`, `${at.name}between`)
  const wide = linear(graph, between, `${at.prefix}intermediate.dense`, `${at.name}wide`)
  const narrow = linear(
    graph,
    graph.node('Gelu', [wide], `${at.name}gelu`),
    `${at.prefix}output.dense`,
    `${at.name}narrow`,
  )
  const second = graph.node('Add', [narrow, between], `${at.name}second_sum`)
  return normalised(graph, second, `${at.prefix}output.LayerNorm`, `layer_${index + 1}`)
}

/** softmax(q kᵀ / √32 + bias) v for each head; the bias takes padding out. */
function attention(graph: Builder, { prefix, name }: Layer, input: string, bias: string): string {
  const split = (part: 'query' | 'key' | 'value', perm: number[]): string => {
    const whole = linear(graph, input, `${prefix}attention.self.${part}`, `${name}${part}`)
    return graph.node('Transpose', [graph.node('Reshape', [whole, 'heads_shape'], `${name}${part}_heads`)], `${name}${part}_split`, { perm }) // prettier-ignore
  }
  const asked = graph.node('MatMul', [split('query', [0, 2, 1, 3]), split('key', [0, 2, 3, 1])], `${name}products`)
  const scaled = graph.node('Mul', [asked, 'scale'], `${name}scaled`)
  const shares = graph.node('Softmax', [graph.node('Add', [scaled, bias], `${name}biased`)], `${name}shares`, {
    axis: -1,
  })
  const mixed = graph.node('MatMul', [shares, split('value', [0, 2, 1, 3])], `${name}mixed`)
  const together = graph.node('Transpose', [mixed], `${name}together`, { perm: [0, 2, 1, 3] })
  return graph.node('Reshape', [together, 'flat_shape'], `${name}attended`)
}

/** x Wᵀ + b; the weights are kept as [out, in]. */
function linear(graph: Builder, input: string, weights: string, output: string): string {
  const turned = graph.node('Transpose', [graph.weight(`${weights}.weight`)], `${output}_weights`, { perm: [1, 0] })
  const product = graph.node('MatMul', [input, turned], `${output}_product`)
  return graph.node('Add', [product, graph.weight(`${weights}.bias`)], output)
}

const normalised = (graph: Builder, input: string, weights: string, output: string): string =>
  graph.node(
    'LayerNormalization',
    [input, graph.weight(`${weights}.weight`), graph.weight(`${weights}.bias`)],
    output,
    {
      axis: -1,
      epsilon: { float: 1e-12 },
    },
  )

function pooled(graph: Builder, state: string, mask: string): void {
  const masked = graph.node('Mul', [state, graph.node('Unsqueeze', [mask, 'at_2'], 'mask_high')], 'state_masked')
  const sum = graph.node('ReduceSum', [masked, 'at_1'], 'state_sum', { keepdims: 0 })
  const tokens = graph.node('ReduceSum', [mask, 'at_1'], 'tokens_counted', { keepdims: 1 })
  graph.node('LpNormalization', [graph.node('Div', [sum, tokens], 'mean')], 'embedding', { axis: -1, p: 2 })
}
