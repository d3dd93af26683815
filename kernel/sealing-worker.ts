import { parentPort } from 'node:worker_threads'
import { sealedHere, type Asked } from './sealing.ts'

// The thread beside the main one: sealing takes as long as reading, and needs nothing of it.
parentPort?.on('message', (asked: Asked) => parentPort?.postMessage(sealedHere(asked), []))
