// relabel applies the rules of a ServiceMonitor to series, as Prometheus does while it scrapes (model/relabel of Prometheus itself).
// In, on stdin: {"rules": [...], "series": [{"__name__": …, …}, …]}, rules in the form of the Prometheus Operator. Out: the series that
// are left, with the labels that are left, as a JSON list. A rule that Prometheus does not take is an error.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// rule is a relabeling of a ServiceMonitor: the names are in camel case, and what is missing is the default of Prometheus.
type rule struct {
	SourceLabels model.LabelNames `json:"sourceLabels"`
	Regex        *string          `json:"regex"`
	TargetLabel  string           `json:"targetLabel"`
	Replacement  *string          `json:"replacement"`
	Action       string           `json:"action"`
}

type input struct {
	Rules  []rule              `json:"rules"`
	Series []map[string]string `json:"series"`
}

func config(rule rule) (*relabel.Config, error) {
	config := relabel.DefaultRelabelConfig
	config.SourceLabels = rule.SourceLabels
	config.TargetLabel = rule.TargetLabel
	config.Action = relabel.Action(strings.ToLower(rule.Action))
	if rule.Replacement != nil {
		config.Replacement = *rule.Replacement
	}
	if rule.Regex != nil {
		regex, err := relabel.NewRegexp(*rule.Regex)
		if err != nil {
			return nil, err
		}
		config.Regex = regex
	}
	return &config, config.Validate(model.UTF8Validation)
}

func run() error {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return err
	}
	var configs []*relabel.Config
	for _, rule := range in.Rules {
		config, err := config(rule)
		if err != nil {
			return fmt.Errorf("%+v: %w", rule, err)
		}
		configs = append(configs, config)
	}
	kept := []map[string]string{}
	for _, series := range in.Series {
		builder := labels.NewBuilder(labels.FromMap(series))
		if relabel.ProcessBuilder(builder, configs...) {
			kept = append(kept, builder.Labels().Map())
		}
	}
	return json.NewEncoder(os.Stdout).Encode(kept)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
