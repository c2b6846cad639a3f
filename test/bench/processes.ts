import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Protocol } from './clients.ts'

const here = import.meta.dirname

/** A process in the middle of a measurement: the collector, or what it is compared with. */
export interface InTheMiddle {
  readonly pid: number
  /** Where it takes OTLP over a protocol, without a path. */
  url(protocol: Protocol): string
}

/** User and system time of all threads of a process so far, from the kernel; 10 ms exact. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/**
 * Bytes that a process gave to block devices so far, in whole pages as the kernel counts them when
 * they become dirty: a page that is synced half full and filled up later counts twice, as it is
 * written twice. Sockets and the journal of the file system are not in it.
 */
export async function writtenBytes(pid: number): Promise<number> {
  const io = await readFile(`/proc/${pid}/io`, 'utf8')
  return Number(/^write_bytes: (\d+)/m.exec(io)?.[1])
}

/** Keeps a process, all its threads, on one core. */
export function pin(pid: number, core: number): void {
  execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })
}

/** One of ours in the middle, as a process of its own. */
export class Middle implements InTheMiddle {
  readonly #listening: readonly string[]
  readonly #process: ChildProcess

  constructor(listening: readonly string[], process: ChildProcess) {
    this.#listening = listening
    this.#process = process
  }

  url(protocol: Protocol): string {
    const scheme = protocol === 'http' ? 'http:' : 'grpc:'
    const url = this.#listening.find((it) => new URL(it).protocol === scheme)
    if (url === undefined) throw new Error(`nothing listens for ${protocol}: ${this.#listening}`)
    return url
  }

  /** Starts a script of `middle/`; it says by message where it listens. */
  static async start(script: string, ...args: readonly string[]): Promise<Middle> {
    const child = spawn(process.execPath, [join(here, 'middle', script), ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    })
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended`)))
    const [listening] = await Promise.race([once(child, 'message'), ended])
    ended.catch(() => {})
    return new Middle(Array.isArray(listening) ? listening.map(String) : [], child)
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Resident memory now and at its highest, in bytes. */
  async memory(): Promise<{ readonly nowBytes: number; readonly peakBytes: number }> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8')
    const kib = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1])
    return { nowBytes: kib('VmRSS') * 1024, peakBytes: kib('VmHWM') * 1024 }
  }

  /** Asks the process a question over its channel. */
  async ask(question: string): Promise<unknown> {
    this.#process.send(question)
    const [answer] = await once(this.#process, 'message')
    return answer
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await gone
  }
}

/** A destination on a free port that takes everything and counts bytes. */
export class CountingSink {
  readonly url: string
  readonly close: () => void
  #bytes = 0
  #wanted = Number.POSITIVE_INFINITY
  #resolve = () => {}

  constructor(url: string, close: () => void) {
    this.url = url
    this.close = close
  }

  /** @param answer how a request that has been read is answered; at once and 200 unless given */
  static async open(answer: (response: ServerResponse) => void = ok): Promise<CountingSink> {
    const server = createServer((incoming, response) => {
      incoming.on('data', (chunk: Buffer) => sink.#count(chunk.length))
      incoming.on('end', () => answer(response))
    })
    server.keepAliveTimeout = 0
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const sink: CountingSink = new CountingSink(`http://127.0.0.1:${port}`, () => {
      server.close()
      server.closeAllConnections()
    })
    return sink
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Resolves once that many further bytes have come. */
  whenBytes(bytes: number): Promise<void> {
    this.#wanted = this.#bytes + bytes
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes >= this.#wanted) this.#resolve()
  }
}

/** Answers 200 with an empty protobuf body. */
export function ok(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
}
