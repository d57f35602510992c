// argocd does once what Argo CD's application controller does with a commit, by the controller's own library: it syncs a
// folder, wave by wave, and tells what differs and how healthy it is. In: folders of manifests. Out: JSON on standard
// output. Exit code 0 whatever became of the sync: the caller judges. Not here: repo-server, Lua, and who starts a sync.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// application is what stands in an Argo CD Application.
type application struct {
	name, namespace string
	folders         []string
	settings        *settings
	serverSide      bool
	prune           bool
	only            string
	patience        time.Duration
	config          *rest.Config
	cache           cache.ClusterCache
}

// outcome is what is printed.
type outcome struct {
	Phase     common.OperationPhase          `json:"phase,omitempty"`
	Message   string                         `json:"message,omitempty"`
	Waves     []int                          `json:"waves"`
	Results   []result                       `json:"results"`
	OutOfSync map[string][]string            `json:"outOfSync"`
	Extra     []extra                        `json:"extra"`
	Health    map[string]health.HealthStatus `json:"health"`
}

// result is what a sync did with one object.
type result struct {
	Object  string            `json:"object"`
	Status  common.ResultCode `json:"status"`
	Message string            `json:"message"`
}

// extra is an object of the application that no manifest asks for any more.
type extra struct {
	Object  string `json:"object"`
	Ignored bool   `json:"ignored"`
}

func main() {
	app := &application{}
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	onlyLook := flag.Bool("only-look", false, "compare, and sync nothing")
	flag.StringVar(&app.name, "name", "app", "the application's name")
	flag.StringVar(&app.namespace, "namespace", "default", "where objects without a namespace go")
	manifest := flag.String("application", "", "the Application: its ignoreDifferences and syncOptions hold")
	flag.BoolVar(&app.serverSide, "server-side", false, "the sync option ServerSideApply=true")
	flag.BoolVar(&app.prune, "prune", true, "delete what no manifest asks for any more")
	flag.StringVar(&app.only, "only", "", "a selective sync: of this Kind/name alone")
	flag.DurationVar(&app.patience, "patience", time.Minute, "how long a sync is watched; Argo CD itself would go on")
	flag.Parse()
	app.folders = flag.Args()
	told, err := app.run(*kubeconfig, *manifest, *onlyLook)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(told)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (app *application) run(kubeconfig, manifest string, onlyLook bool) (*outcome, error) {
	var err error
	if app.settings, err = readSettings(manifest); err != nil {
		return nil, err
	}
	app.serverSide = app.serverSide || app.settings.has("ServerSideApply=true")
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 100, 200
	app.config = config
	// The cache remembers of each object to which application it belongs.
	app.cache = cache.NewClusterCache(config, cache.SetLogr(logr.Discard()),
		cache.SetPopulateResourceInfoHandler(func(object *unstructured.Unstructured, _ bool) (any, bool) {
			id := object.GetAnnotations()[trackingAnnotation]
			return id, id != ""
		}))
	if err := app.cache.EnsureSynced(); err != nil {
		return nil, err
	}
	told := &outcome{Waves: []int{}, Results: []result{}, Extra: []extra{}}
	if !onlyLook {
		if err := app.sync(told); err != nil {
			return nil, err
		}
	}
	return told, app.compare(told)
}
