// The OpenAPI document, as Swagger UI shows it.
window.SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("rest"),
  // Each operation has an address: /docs#/Tasks/listTasks.
  deepLinking: true,
  // Closed, the groups of routes are a table of contents; open, Swagger UI keeps only those in sight
  // in the page (from 150 on), and a browser's search finds nothing.
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // Which tokens an operation takes.
  showExtensions: true,
  filter: true,
  // Nobody else is asked whether the document is a good one.
  validatorUrl: null,
  // A token that is typed here is forgotten with the page.
  persistAuthorization: false,
});
