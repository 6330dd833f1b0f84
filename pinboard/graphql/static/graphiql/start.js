// Starts GraphiQL with the CSRF token that cookies need and the query that the page brings.
const csrf = () => (document.cookie.match(/csrftoken=([^;]+)/) || [])[1];

function fetcher(parameters, options) {
  return fetch("/graphql", {
    method: "POST",
    credentials: "same-origin",
    headers: {
      Accept: "application/graphql-response+json, application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": csrf() || "",
      ...(options && options.headers),
    },
    body: JSON.stringify(parameters),
  }).then((response) => response.json());
}

const root = document.getElementById("graphiql");
ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: root.dataset.query,
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
  }),
);
