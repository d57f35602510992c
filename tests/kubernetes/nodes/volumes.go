// Claims get volumes that do not exist, as a provisioner would make them, and grow.

package nodes

import (
	"context"

	core "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// provisioner is what a StorageClass names to get its volumes from here.
const provisioner = "simulated.test"

func (s *simulation) lookAtClaims(ctx context.Context) error {
	claims, err := s.client.CoreV1().PersistentVolumeClaims("").List(ctx, fromCache)
	if err != nil {
		return err
	}
	for i := range claims.Items {
		claim := &claims.Items[i]
		if claim.DeletionTimestamp != nil || claim.Spec.StorageClassName == nil {
			continue
		}
		if claim.Spec.VolumeName == "" {
			say(claim.Name, s.provision(ctx, claim))
		} else {
			say(claim.Name, s.grow(ctx, claim))
		}
	}
	return nil
}

// provision makes the volume of a claim; for a class that waits for the first pod, when that pod has its node.
func (s *simulation) provision(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	if claim.Annotations["volume.kubernetes.io/storage-provisioner"] != provisioner {
		return nil
	}
	class, err := s.client.StorageV1().StorageClasses().Get(ctx, *claim.Spec.StorageClassName, meta.GetOptions{})
	if err != nil {
		return err
	}
	waits := class.VolumeBindingMode != nil && *class.VolumeBindingMode == storage.VolumeBindingWaitForFirstConsumer
	if waits && claim.Annotations["volume.kubernetes.io/selected-node"] == "" {
		return nil
	}
	volume := &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: "pv-" + string(claim.UID),
			Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": provisioner}},
		Spec: core.PersistentVolumeSpec{
			Capacity:                      core.ResourceList{"storage": claim.Spec.Resources.Requests["storage"]},
			AccessModes:                   claim.Spec.AccessModes,
			StorageClassName:              *claim.Spec.StorageClassName,
			PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimDelete,
			PersistentVolumeSource: core.PersistentVolumeSource{
				CSI: &core.CSIPersistentVolumeSource{Driver: provisioner, VolumeHandle: string(claim.UID)}},
			ClaimRef: &core.ObjectReference{APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
		},
	}
	_, err = s.client.CoreV1().PersistentVolumes().Create(ctx, volume, meta.CreateOptions{})
	return err
}

// grow gives a claim that asks for more than it has what it asks for.
func (s *simulation) grow(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	wanted, has := claim.Spec.Resources.Requests["storage"], claim.Status.Capacity["storage"]
	if claim.Status.Phase != core.ClaimBound || has.Cmp(wanted) >= 0 {
		return nil
	}
	volume, err := s.client.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, meta.GetOptions{})
	if err != nil {
		return err
	}
	volume.Spec.Capacity["storage"] = wanted
	if _, err = s.client.CoreV1().PersistentVolumes().Update(ctx, volume, meta.UpdateOptions{}); err != nil {
		return err
	}
	grown := claim.DeepCopy()
	grown.Status.Capacity["storage"] = wanted
	_, err = s.client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(ctx, grown, meta.UpdateOptions{})
	return err
}

// lookAtVolumes deletes volumes whose claims have gone.
func (s *simulation) lookAtVolumes(ctx context.Context) error {
	volumes, err := s.client.CoreV1().PersistentVolumes().List(ctx, fromCache)
	if err != nil {
		return err
	}
	for _, volume := range volumes.Items {
		if volume.Status.Phase == core.VolumeReleased && volume.DeletionTimestamp == nil {
			say(volume.Name, s.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, meta.DeleteOptions{}))
		}
	}
	return nil
}
