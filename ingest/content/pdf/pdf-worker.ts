import { parentPort, workerData } from 'node:worker_threads'
import { readPdfHere } from './read-pdf-here.ts'

// A thread of its own: what reads a PDF may be stopped at any time, and takes only so much memory.
parentPort?.postMessage(await readPdfHere(workerData as Uint8Array), [])
