// A real Neo4j 5.26 community server for the contract suites: `node test/support/neo4j-server.mjs` prints its Bolt URL
// and serves until it is stopped; its data goes with it. The jars come from Maven Central, fetched once.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached, dataFolder, freePort, mustReach, serve, serveAsCommand, tool, unprivileged } from './launch-server.mjs'

const version = '5.26.30'

/** Starts a server of its own on a free loopback port, without authentication: it is for this machine and these tests. */
export async function startNeo4j() {
  const account = unprivileged()
  const jars = join(await cached(`neo4j-${version}`, download), 'lib')
  mustReach(join(jars, `neo4j-${version}.jar`), account)
  const folder = dataFolder('neo4j', account)
  const port = await freePort()
  writeFileSync(join(folder, 'neo4j.conf'), configuration(port))
  const opened = ['java.nio', 'java.io', 'sun.nio.ch'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
  const { stop } = await serve({
    command: process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java',
    args: [
      '-Xms256m',
      '-Xmx768m',
      ...opened,
      '-cp',
      join(jars, '*'),
      'org.neo4j.server.CommunityEntryPoint',
      `--home-dir=${folder}`,
      `--config-dir=${folder}`,
      '--console-mode',
    ],
    options: account,
    ready: /Started\./,
    folder,
    // A polite stop waits ten seconds for connections to drain, for data that is removed anyway.
    stopSignal: 'SIGKILL',
  })
  return { url: `bolt://127.0.0.1:${port}`, stop }
}

const configuration = (port) => `server.bolt.listen_address=127.0.0.1:${port}
server.bolt.advertised_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=128m
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
`

function download(folder) {
  const pom = join(folder, 'pom.xml')
  writeFileSync(pom, project)
  const maven = [
    '--quiet',
    '--batch-mode',
    '--file',
    pom,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${join(folder, 'lib')}`,
  ]
  tool('mvn', maven, 'It fetches Neo4j from Maven Central: install maven and a JDK 17, and mind the network.')
}

const dependency = (name) =>
  `<dependency><groupId>org.neo4j</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace</groupId><artifactId>neo4j-jars</artifactId><version>1</version>
  <dependencies>${dependency('neo4j')}${dependency('neo4j-bolt')}</dependencies>
</project>
`

if (process.argv[1] === fileURLToPath(import.meta.url)) await serveAsCommand(startNeo4j)
