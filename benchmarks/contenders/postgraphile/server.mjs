// PostGraphile 5 over the product's tables, as its documentation has it for production: the amber preset,
// prepared statements (its default), one pool, persisted operations, no GraphiQL, no explanations.
// `node server.mjs PORT`. Who asks goes to Postgres by `pgSettings`, and its rules are there; with
// ASKS_NOBODY=1 it does not, and all see what everybody may see.
import { createServer } from "node:http";
import persisted from "@grafserv/persisted";
import { createClient, RESP_TYPES } from "redis";
import { listOfCodec, TYPES } from "postgraphile/@dataplan/pg";
import { makePgService } from "postgraphile/adaptors/pg";
import { connection, context, loadOne } from "postgraphile/grafast";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { extendSchema, gql } from "postgraphile/utils";

// Entries of a timeline that are looked at beyond the page, as the limit has it.
const SPARE = 25;

const asksNobody = process.env.ASKS_NOBODY === "1";
const valkey = await createClient({ url: process.env.CACHE_URL }).connect();
const bytes = valkey.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });

async function timeline(viewer, size) {
  const found = await bytes.getRange(`feed:{${viewer}}`, -8 * (size + SPARE), -1);
  return Array.from({ length: found.length / 8 }, (_, place) => found.readBigInt64BE(8 * place).toString());
}

// Who asks comes from the context, the timeline from Valkey, the pins from a function in Postgres. A field
// of a connection's type has paging arguments by itself.
const followingFeed = extendSchema((build) => ({
  typeDefs: gql`
    extend type Query {
      followingFeed: PinConnection
    }
  `,
  objects: {
    Query: {
      plans: {
        followingFeed(_root, args) {
          const first = args.getRaw("first");
          const ids = loadOne(context().get("viewer"), {
            shared: first,
            load: (viewers, { shared: size }) => Promise.all(viewers.map((viewer) => timeline(viewer, size))),
          });
          const { timeline_pins, followed_pins } = build.pgResources;
          const pins = (asksNobody ? timeline_pins : followed_pins).execute([{ step: ids, pgCodec: listOfCodec(TYPES.bigint) }]);
          pins.orderBy({ attribute: "id", direction: "DESC" });
          pins.setOrderIsUnique();
          return connection(pins);
        },
      },
    },
  },
}));

const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [persisted.default, followingFeed],
  pgServices: [
    makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["public"], poolConfig: { max: 4 } }),
  ],
  grafserv: {
    graphqlPath: "/graphql",
    graphiql: false,
    watch: false,
    persistedOperations: JSON.parse(process.env.PERSISTED_OPERATIONS),
    hashFromPayload: (request) => request.documentId,
  },
  grafast: {
    explain: false,
    async context({ node }) {
      const token = (node?.req.headers.authorization ?? "").replace("Bearer ", "");
      const viewer = await valkey.get(`limit:${token}`);
      if (viewer === null) throw new Error("Log in.");
      return asksNobody ? { viewer } : { viewer, pgSettings: { "pinboard.viewer": viewer } };
    },
  },
};
const server = createServer();
const serving = postgraphile(preset).createServ(grafserv);
await serving.addTo(server);
server.listen(Number(process.argv[2]), "127.0.0.1");
